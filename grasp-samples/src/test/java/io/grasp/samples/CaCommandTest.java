package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.grasp.model.AcpNodeName;
import io.grasp.samples.ca.IdentityFiles;
import io.grasp.samples.node.CrlEndpoint;
import io.grasp.security.Identity;
import io.grasp.security.IdentityConfig;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The test authority: what it issues is read with the API of the JDK and by openssl. */
class CaCommandTest {
    /** id-on-AcpNodeName, with its tag and length. */
    private static final String NODE_NAME_OID = "06082b0601050507080a";

    private static final String URL = "http://127.0.0.1:8994/authority.crl";

    @TempDir
    private Path temporary;

    private String ca;

    private Cli.Run ok(String... arguments) {
        Cli.Run run = Cli.run(arguments);
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        return run;
    }

    private void init(String... more) {
        ca = temporary.resolve("ca").toString();
        ok(Stream.concat(Stream.of("ca", "init", ca, "--domain", "example.com"), Stream.of(more))
                .toArray(String[]::new));
    }

    private IdentityFiles files(String name) {
        return new IdentityFiles(Path.of(ca, "nodes", name));
    }

    private X509Certificate certificate(Path file) {
        try (InputStream content = Files.newInputStream(file)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(content);
        } catch (IOException | GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private X509CRL crl() throws IOException, GeneralSecurityException {
        try (InputStream content = Files.newInputStream(Path.of(ca, "authority.crl"))) {
            return (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(content);
        }
    }

    /** The rest of the extension after the type of the only name in it: [0] EXPLICIT IA5String. */
    private static String nodeName(X509Certificate certificate) {
        String extension = HexFormat.of().formatHex(certificate.getExtensionValue("2.5.29.17"));
        byte[] value =
                HexFormat.of().parseHex(extension.substring(extension.indexOf(NODE_NAME_OID) + NODE_NAME_OID.length()));
        assertThat(value[0]).isEqualTo((byte) 0xa0);
        assertThat(value[2]).as("IA5String").isEqualTo((byte) 0x16);
        assertThat(value).hasSize(4 + value[3]);
        return new String(value, 4, value[3], StandardCharsets.US_ASCII);
    }

    private void validate(X509Certificate certificate, X509CRL crl) throws GeneralSecurityException {
        PKIXParameters parameters =
                new PKIXParameters(Set.of(new TrustAnchor(certificate(Path.of(ca, "authority.pem")), null)));
        parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(List.of(crl))));
        CertPathValidator.getInstance("PKIX")
                .validate(CertificateFactory.getInstance("X.509").generateCertPath(List.of(certificate)), parameters);
    }

    @Test
    void anIssuedCertificateHasANodeNameAndIsValid() throws Exception {
        init("--crl-url", URL);
        Instant before = Instant.now();
        Cli.Run run = ok("ca", "issue", ca, "gray", "--role", "banker", "--role", "x=1", "--hours", "12");

        X509Certificate certificate = certificate(files("gray").certificate());
        AcpNodeName name = AcpNodeName.parse(nodeName(certificate));
        assertThat(name.domain()).isEqualTo("example.com");
        assertThat(name.extensions()).containsExactly("banker", "x=1");
        // SHA-256 of example.com begins with a379a6f6ee; the registrar-ID is random, the node-number 1, V is 0.
        assertThat(name.toString()).matches("fda379a6f6ee000002[0-9a-f]{10}0002\\+\\+banker\\+x=1@example\\.com");
        assertThat(run.out()).singleElement().asString().startsWith("Issued gray: " + name);
        assertThat(Duration.between(before, certificate.getNotAfter().toInstant()))
                .isBetween(
                        Duration.ofHours(12).minusSeconds(1),
                        Duration.ofHours(12).plusMinutes(1));
        assertThat(certificate.getPublicKey())
                .isInstanceOfSatisfying(
                        ECPublicKey.class,
                        key -> assertThat(key.getParams().getOrder().bitLength())
                                .isEqualTo(256));
        assertThat(new String(certificate.getExtensionValue("2.5.29.31"), StandardCharsets.ISO_8859_1))
                .contains(URL);
        assertThat(certificate.getSubjectX500Principal().getName()).contains("test authority", "CN=gray");
        assertThat(certificate.getExtendedKeyUsage()).isNull();
        validate(certificate, crl());
        assertThat(Files.readString(files("gray").anchors())).isEqualTo(Files.readString(Path.of(ca, "authority.pem")));
    }

    @ParameterizedTest
    @CsvSource({"ec, EC, SHA256withECDSA", "rsa, RSA, SHA256withRSA"})
    void theKeyBelongsToTheCertificate(String kind, String algorithm, String signature) throws Exception {
        init("--key", kind);
        ok("ca", "issue", ca, "gray", "--key", kind);

        String pem = Files.readString(files("gray").key());
        assertThat(pem).startsWith("-----BEGIN PRIVATE KEY-----");
        byte[] der = Base64.getMimeDecoder()
                .decode(pem.lines().filter(line -> !line.startsWith("-----")).reduce("", String::concat));
        PrivateKey key = KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
        X509Certificate certificate = certificate(files("gray").certificate());
        assertThat(certificate.getSigAlgName()).isEqualTo(signature);
        Signature signer = Signature.getInstance(signature);
        signer.initSign(key);
        signer.update((byte) 1);
        byte[] signed = signer.sign();
        signer.initVerify(certificate.getPublicKey());
        signer.update((byte) 1);
        assertThat(signer.verify(signed)).isTrue();
        if (certificate.getPublicKey() instanceof RSAPublicKey rsa) {
            assertThat(rsa.getModulus().bitLength()).isEqualTo(2048);
        }
        assertThat(certificate.getExtensionValue("2.5.29.31"))
                .as("no --crl-url")
                .isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "none, '', @example.com",
        "0, '', 0@example.com",
        "fd00::1, '', fd000000000000000000000000000001@example.com",
        "FD000000000000000000000000000001, x.y, fd000000000000000000000000000001+x.y@example.com",
        "none, z, +z@example.com"
    })
    void theAddressAndTheSubdomainCanBeChosen(String address, String subdomain, String expected) {
        init();
        ok("ca", "issue", ca, "a", "--address", address, "--subdomain", subdomain);

        assertThat(nodeName(certificate(files("a").certificate()))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "none, acp-node-name @example.com, --address or --role",
        "0, acp-node-name 0@example.com, --address or --role",
        "fd00::1, address of fd000000000000000000000000000001@example.com, --address"
    })
    void aNameInTheDomainIsNotGivenToASecondNode(String address, String held, String choice) throws IOException {
        init();
        ok("ca", "issue", ca, "first", "--address", address);

        Cli.Run second = Cli.run("ca", "issue", ca, "second", "--address", address);

        assertThat(second.code()).isEqualTo(1);
        assertThat(second.err())
                .containsExactly("grasp: the node first has the " + held + " already: choose another " + choice
                        + " for second, or renew the certificate of first with 'grasp ca renew' if that is the node;"
                        + " with --allow-duplicate both have it, and peers take them for one node");
        assertThat(files("second").directory()).doesNotExist();
        assertThat(ok("ca", "list", ca).out()).hasSize(1);
        ok("ca", "renew", ca, "first");
        ok("ca", "issue", ca, "second", "--address", address, "--allow-duplicate");
        assertThat(nodeName(certificate(files("second").certificate())))
                .isEqualTo(nodeName(certificate(files("first").certificate())));
    }

    @Test
    void aNameInTheDomainIsFreeWhenItsNodeWasRevoked() {
        init();
        ok("ca", "issue", ca, "first", "--address", "fd00::1");
        ok("ca", "issue", ca, "other", "--address", "none", "--role", "r");
        assertThat(Cli.run("ca", "issue", ca, "second", "--address", "fd00::1", "--role", "r")
                        .err())
                .as("one address, another name")
                .singleElement()
                .asString()
                .startsWith("grasp: the node first has the address of ");
        ok("ca", "revoke", ca, "first");

        ok("ca", "issue", ca, "second", "--address", "fd00::1", "--role", "r");

        assertThat(Cli.run("ca", "issue", ca, "first").err())
                .as("its former address")
                .singleElement()
                .asString()
                .startsWith("grasp: the node second has the address of ");
        ok("ca", "issue", ca, "first", "--address", "fd00::2");
    }

    @Test
    void aRevokedCertificateIsInTheNextListWithAHigherNumber() throws Exception {
        init();
        ok("ca", "issue", ca, "gray");
        ok("ca", "issue", ca, "briggs");
        X509CRL first = crl();
        ok("ca", "renew", ca, "gray");
        X509Certificate gray = certificate(files("gray").certificate());
        validate(gray, first);

        ok("ca", "revoke", ca, "gray", "--hours", "1");

        X509CRL second = crl();
        assertThat(HexFormat.of().formatHex(first.getExtensionValue("2.5.29.20")))
                .isEqualTo("0403020101");
        assertThat(HexFormat.of().formatHex(second.getExtensionValue("2.5.29.20")))
                .isEqualTo("0403020102");
        assertThat(second.getRevokedCertificates())
                .as("also the one before the renewal")
                .hasSize(2);
        assertThat(Duration.between(
                        second.getThisUpdate().toInstant(),
                        second.getNextUpdate().toInstant()))
                .isEqualTo(Duration.ofHours(1));
        validate(certificate(files("briggs").certificate()), second);
        assertThat(catchThrowable(() -> validate(gray, second)))
                .isInstanceOfSatisfying(
                        CertPathValidatorException.class,
                        e -> assertThat(e.getReason()).isEqualTo(CertPathValidatorException.BasicReason.REVOKED));
        assertThat(Cli.run("ca", "revoke", ca, "gray").err())
                .singleElement()
                .asString()
                .contains("were revoked at");
        assertThat(Cli.run("ca", "renew", ca, "gray").err())
                .singleElement()
                .asString()
                .contains("were revoked at");
        ok("ca", "crl", ca);
        assertThat(HexFormat.of().formatHex(crl().getExtensionValue("2.5.29.20")))
                .isEqualTo("0403020103");
        assertThat(crl().getRevokedCertificates()).hasSize(2);
        List<JsonNode> listed = ok("ca", "list", ca, "--json").json();
        assertThat(listed).extracting(each -> each.get("name").asString()).containsExactly("gray", "briggs", "gray");
        assertThat(listed).extracting(each -> each.get("revoked").isNull()).containsExactly(false, true, false);
    }

    @Test
    void aNodeThatWasRevokedGetsANewKeyAndKeepsItsAddress() throws Exception {
        init();
        ok("ca", "issue", ca, "gray");
        ok("ca", "issue", ca, "briggs");
        X509Certificate before = certificate(files("gray").certificate());
        ok("ca", "revoke", ca, "gray");
        assertThat(Cli.run("ca", "renew", ca, "gray").err())
                .singleElement()
                .asString()
                .endsWith(": 'grasp ca issue' issues a new one");

        Cli.Run run = ok("ca", "issue", ca, "gray");

        X509Certificate after = certificate(files("gray").certificate());
        assertThat(run.out())
                .singleElement()
                .asString()
                .startsWith("Issued gray, with a new key because its certificates were revoked: " + nodeName(before));
        assertThat(after.getPublicKey()).isNotEqualTo(before.getPublicKey());
        assertThat(nodeName(after)).isEqualTo(nodeName(before));
        try (Identity identity = Identity.open(IdentityConfig.pem(
                files("gray").certificate(), files("gray").key(), files("gray").anchors()))) {
            assertThat(identity.status().good()).as(identity.status().detail()).isTrue();
        }
        ok("ca", "crl", ca);
        validate(after, crl());
        assertThat(crl().isRevoked(before)).isTrue();
        assertThat(Cli.run("ca", "issue", ca, "gray").code())
                .as("it is not revoked")
                .isEqualTo(1);
        ok("ca", "revoke", ca, "gray");
        assertThat(crl().getRevokedCertificates()).hasSize(2);
        ok("ca", "issue", ca, "gray", "--subdomain", "x");
        assertThat(nodeName(certificate(files("gray").certificate())))
                .as("another address in another subdomain")
                .endsWith("+x@example.com")
                .doesNotStartWith(nodeName(before).substring(0, 32));
        assertNoTemporaryFiles();
    }

    @Test
    void aPasswordThatANodeCouldNotUseIsRefused() throws IOException {
        init();
        Path password = Files.writeString(temporary.resolve("n"), "p\u00e4ss");
        Cli.Run run = Cli.run("ca", "issue", ca, "gray", "--key-password-file", password.toString());
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err().get(0))
                .isEqualTo("grasp: --key-password-file: the password has other characters than printable ASCII, which"
                        + " Java cannot use for keys: choose another one");
        assertThat(files("gray").directory()).doesNotExist();
        ok("ca", "issue", ca, "gray");
    }

    @Test
    void aRenewalKeepsNameAndKeyAndChangesNothingElse() throws IOException {
        init("--crl-url", URL);
        ok("ca", "issue", ca, "gray", "--role", "r");
        X509Certificate before = certificate(files("gray").certificate());
        String key = Files.readString(files("gray").key());

        ok("ca", "renew", ca, "gray", "--minutes", "5");

        X509Certificate after = certificate(files("gray").certificate());
        assertThat(after.getSerialNumber()).isNotEqualTo(before.getSerialNumber());
        assertThat(after.getNotAfter()).isBefore(before.getNotAfter());
        assertThat(after.getPublicKey()).isEqualTo(before.getPublicKey());
        assertThat(nodeName(after)).isEqualTo(nodeName(before));
        assertThat(after.getExtensionValue("2.5.29.31")).isEqualTo(before.getExtensionValue("2.5.29.31"));
        assertThat(Files.readString(files("gray").key())).isEqualTo(key);
        assertNoTemporaryFiles();
    }

    /** Otherwise the node could no longer be revoked. */
    @Test
    void aRenewalKeepsTheListThatTheCertificateNamed() throws IOException {
        init();
        ok("ca", "issue", ca, "gray", "--crl-url", URL);
        byte[] named = certificate(files("gray").certificate()).getExtensionValue("2.5.29.31");
        assertThat(named).isNotNull();

        ok("ca", "renew", ca, "gray");

        assertThat(certificate(files("gray").certificate()).getExtensionValue("2.5.29.31"))
                .isEqualTo(named);
    }

    private void assertNoTemporaryFiles() throws IOException {
        try (Stream<Path> all = Files.walk(Path.of(ca))) {
            assertThat(all.map(each -> each.getFileName().toString()))
                    .filteredOn(name -> name.startsWith("."))
                    .containsExactly(".lock");
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void onlyTheOwnerCanReadTheKeys() throws IOException {
        init();
        ok("ca", "issue", ca, "gray");

        for (Path secret : List.of(files("gray").key(), Path.of(ca, "authority-key.pem"))) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)))
                    .isEqualTo("rw-------");
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(ca))))
                .isEqualTo("rwx------");
    }

    @Test
    void keysCanBeEncrypted() throws Exception {
        Path authority = Files.writeString(temporary.resolve("a"), "first secret\nnot this\n");
        Path node = Files.writeString(temporary.resolve("n"), "much bigger");
        init("--ca-password-file", authority.toString());

        String hint = "Try 'grasp ca issue --help'.";
        assertThat(Cli.run("ca", "issue", ca, "gray"))
                .isEqualTo(new Cli.Run(
                        2,
                        List.of(),
                        List.of(
                                "grasp: " + Path.of(ca, "authority-key.pem") + " is encrypted: pass --ca-password-file",
                                hint)));
        assertThat(Cli.run("ca", "issue", ca, "gray", "--ca-password-file", node.toString()))
                .isEqualTo(new Cli.Run(
                        2,
                        List.of(),
                        List.of(
                                "grasp: --ca-password-file: the password does not open "
                                        + Path.of(ca, "authority-key.pem"),
                                hint)));
        assertThat(files("gray").directory()).doesNotExist();

        ok(
                "ca",
                "issue",
                ca,
                "gray",
                "--ca-password-file",
                authority.toString(),
                "--key-password-file",
                node.toString());

        assertThat(Files.readString(Path.of(ca, "authority-key.pem"))).startsWith("-----BEGIN ENCRYPTED PRIVATE KEY");
        assertThat(Files.readString(files("gray").key())).startsWith("-----BEGIN ENCRYPTED PRIVATE KEY");
        IdentityConfig config = IdentityConfig.pem(
                files("gray").certificate(), files("gray").key(), files("gray").anchors());
        try (Identity identity = Identity.open(config.withKeyPassword("much bigger"::toCharArray))) {
            assertThat(identity.status().good()).as(identity.status().detail()).isTrue();
        }
        openssl("pkey", "-in", files("gray").key().toString(), "-passin", "file:" + node, "-noout");
    }

    @Test
    void opensslReadsAndVerifiesWhatWasIssued() throws IOException {
        init("--crl-url", URL);
        ok("ca", "issue", ca, "gray");
        String certificate = files("gray").certificate().toString();

        assertThat(openssl("x509", "-in", certificate, "-noout", "-text"))
                .contains("1.3.6.1.5.5.7.8.10", "@example.com", "URI:" + URL, "ecdsa-with-SHA256");
        String anchors = files("gray").anchors().toString();
        assertThat(openssl("verify", "-CAfile", anchors, certificate)).contains(": OK");
        String pem = temporary.resolve("crl.pem").toString();
        openssl("crl", "-inform", "der", "-in", Path.of(ca, "authority.crl").toString(), "-out", pem);
        assertThat(openssl("verify", "-crl_check", "-CRLfile", pem, "-CAfile", anchors, certificate))
                .contains(": OK");
    }

    private static String openssl(String... arguments) throws IOException {
        List<String> command =
                Stream.concat(Stream.of("openssl"), Stream.of(arguments)).toList();
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            assumeTrue("true".equals(System.getenv("CI")), "there is no openssl");
            throw e;
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.onExit().join().exitValue()).as(output).isZero();
        return output;
    }

    @Test
    void aNodeTakesItsIdentityFromWhatWasIssued() throws Exception {
        init();
        ok("ca", "issue", ca, "gray", "--key", "rsa");
        ok("ca", "issue", ca, "briggs", "--role", "banker");
        X509Certificate briggs = certificate(files("briggs").certificate());

        try (Identity identity = Identity.open(IdentityConfig.pem(
                files("gray").certificate(), files("gray").key(), files("gray").anchors()))) {
            assertThat(identity.status().good()).as(identity.status().detail()).isTrue();
            assertThat(identity.check(List.of(briggs)).nodeName().extensions()).containsExactly("banker");
        }
    }

    @Test
    void nothingIsOverwritten() throws IOException {
        init();
        ok("ca", "issue", ca, "gray");
        String anchor = Files.readString(Path.of(ca, "authority.pem"));
        String key = Files.readString(files("gray").key());

        Cli.Run again = Cli.run("ca", "init", ca, "--domain", "example.org");
        Cli.Run gray = Cli.run("ca", "issue", ca, "gray");

        assertThat(again.code()).isEqualTo(1);
        assertThat(again.err()).containsExactly("grasp: " + ca + " is not empty: nothing in it was changed");
        assertThat(gray.code()).isEqualTo(1);
        assertThat(gray.err())
                .containsExactly("grasp: there is a node gray already: renew its certificate with 'grasp ca renew',"
                        + " or choose another name");
        assertThat(Files.readString(Path.of(ca, "authority.pem"))).isEqualTo(anchor);
        assertThat(Files.readString(files("gray").key())).isEqualTo(key);
    }

    @Test
    void theListIsServedOverHttp() throws Exception {
        init();
        try (CrlEndpoint endpoint =
                CrlEndpoint.open(InetSocketAddress.createUnresolved("", 0), Path.of(ca, "authority.crl"))) {
            HttpResponse<byte[]> first = get(endpoint.url());
            ok("ca", "crl", ca);
            HttpResponse<byte[]> second = get(endpoint.url());

            assertThat(first.statusCode()).isEqualTo(200);
            assertThat(first.headers().firstValue("content-type")).contains("application/pkix-crl");
            assertThat(second.body())
                    .isNotEqualTo(first.body())
                    .isEqualTo(Files.readAllBytes(Path.of(ca, "authority.crl")));
            assertThat(get(endpoint.url().replace("authority.crl", "authority-key.pem"))
                            .statusCode())
                    .isEqualTo(404);
        }
    }

    private static HttpResponse<byte[]> get(String url) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    @ParameterizedTest
    @ValueSource(strings = {"../evil", "", "a/b", ".hidden", "a b", "é"})
    void aNameThatIsNotOneIsRefused(String name) {
        init();
        Cli.Run run = Cli.run("ca", "issue", ca, name);

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).hasSize(2);
        assertThat(run.err().get(0)).contains("is not a name for a node");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "init DIR | 2 | Missing required option: '--domain=DOMAIN'",
                "init DIR --domain _ | 2 | '_' is not a domain name",
                "init DIR --domain x --key dsa | 2 | Invalid value for option '--key': 'dsa' is not ec or rsa",
                "init DIR --domain x --crl-url ftp://x/y | 2 | 'ftp://x/y' is not an http URL",
                "init DIR --domain x --crl-url http://u:p@x/y | 2 | 'http://u:p@x/y' is not an http URL",
                "init DIR --domain x --days 0 | 2 | the lifetime must be 1 minute to 36500 days",
                "init DIR --domain x --days 1 --hours 1 | 2 | --days, --hours and --minutes exclude each other",
                "init DIR --domain x --ca-password-file /no/such | 2 | --ca-password-file: there is no file /no/such",
                "issue DIR gray | 2 | there is no authority in DIR: 'grasp ca init' creates one",
                "issue DIR | 2 | Missing required parameter: 'NAME'",
                "issue DIR gray --address 10.0.0.1 | 2 | --address must be an IPv6 address, 0 or none",
                "list DIR | 2 | there is no authority in DIR: 'grasp ca init' creates one",
                "serve DIR | 2 | there is no authority in DIR: 'grasp ca init' creates one",
                "serve DIR x | 2 | Invalid value for positional parameter at index 1 ([HOST:]PORT):"
                        + " 'x' is not PORT, HOST:PORT or [ADDRESS]:PORT",
                "revoke DIR gray | 2 | there is no authority in DIR: 'grasp ca init' creates one",
            })
    void wrongInputIsRefusedInOneLine(String line, int code, String complaint) {
        String directory = temporary.resolve("none").toString();
        String[] words = ("ca " + line.replace("DIR", directory)).split(" ");

        Cli.Run run = Cli.run(words);

        assertThat(run.err().get(0)).isEqualTo("grasp: " + complaint.replace("DIR", directory));
        assertThat(run.err()).hasSize(code);
        assertThat(run.code()).isEqualTo(code);
        assertThat(Path.of(directory)).doesNotExist();
    }

    @Test
    void aListThatCannotBeServedIsNamedInWords() throws IOException {
        init();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            assertThat(Cli.run("ca", "serve", ca, "127.0.0.1:" + port))
                    .isEqualTo(new Cli.Run(
                            1,
                            List.of(),
                            List.of("grasp: Cannot serve the revocation list at 127.0.0.1:" + port
                                    + ": Address already in use")));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--role b@d | '++b@d@example.com' is ",
                "--subdomain - | '+-@example.com' is ",
                "--crl-url https://x/y | 'https://x/y' is not an http URL",
                "--key-password-file /no/such | --key-password-file: there is no file /no/such",
                "--ca-password-file /no/such | --ca-password-file: there is no file /no/such",
                "--days x | Invalid value for option '--days': 'x' is not a whole number"
            })
    void aWrongValueOfAnOptionIsWrongUsage(String option, String complaint) {
        init();
        String[] words = option.split(" ");
        Cli.Run run = Cli.run("ca", "issue", ca, "gray", "--address", "none", words[0], words[1]);
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).hasSize(2);
        assertThat(run.err().get(0)).startsWith("grasp: " + complaint);
        assertThat(files("gray").directory()).doesNotExist();
    }

    @Test
    void aFileIsNoPlaceForAnAuthority() throws IOException {
        Path file = Files.writeString(temporary.resolve("file"), "content");
        Cli.Run run = Cli.run("ca", "init", file.toString(), "--domain", "example.com");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err().get(0)).isEqualTo("grasp: " + file + " is not a directory");
        assertThat(Files.readString(file)).isEqualTo("content");
    }

    @Test
    void damagedFilesAreReported() throws IOException {
        init();
        ok("ca", "issue", ca, "gray");
        Path state = Path.of(ca, "authority.json");
        String content = Files.readString(state);
        for (String damaged : List.of("", "{", "{}", "[]", content.replace("\"certificates\"", "\"other\""))) {
            Files.writeString(state, damaged);
            assertThat(Cli.run("ca", "list", ca).err())
                    .as(damaged)
                    .containsExactly(
                            "grasp: " + state + " is damaged: restore it from a copy, or create another authority");
        }
        Files.writeString(state, content);
        Files.writeString(Path.of(ca, "authority-key.pem"), "nonsense");
        assertThat(Cli.run("ca", "crl", ca).err())
                .containsExactly("grasp: " + Path.of(ca, "authority-key.pem") + " is not a key in PKCS#8");
    }

    @Test
    void theHelpOfEachCommandMarksATestAuthority() {
        assertThat(String.join(" ", Cli.run("ca", "--help").out())).contains("for tests", "Not for production");
        for (String command : List.of("init", "issue", "renew", "revoke", "crl", "list", "serve")) {
            Cli.Run help = Cli.run("ca", command, "--help");
            assertThat(help.out().get(0)).startsWith("Usage: grasp ca " + command);
            assertThat(String.join("\n", help.out())).contains("--json", "Exit codes: 0 success");
        }
    }
}
