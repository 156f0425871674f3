package io.grasp.samples.ca;

import io.grasp.model.AcpNodeName;
import io.grasp.util.FileErrorText;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CRLException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The directory of a test authority. Several processes may use it at a time; each operation has it for itself. All
 * files are replaced as a whole.
 *
 * <pre>
 * authority.pem       the trust anchor
 * authority-key.pem   its key
 * authority.json      what was issued and revoked
 * authority.crl       the revocation list, in DER
 * nodes/NAME/         the files of each node, see {@link IdentityFiles}
 * </pre>
 */
public final class AuthorityDirectory {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final Path directory;
    private final Clock clock;

    /**
     * An authority in a directory, which need not exist yet.
     *
     * @param directory the directory
     * @param clock the time
     */
    public AuthorityDirectory(Path directory, Clock clock) {
        this.directory = directory;
        this.clock = clock;
    }

    /**
     * Creates the authority.
     *
     * @param domain the domain of its certificates
     * @param key the kind of its key
     * @param password encrypts its key; {@code null} for a key that is not encrypted
     * @param lifetime how long its own certificate is valid
     * @param crlUrl where its revocation list will be served; {@code null} for certificates that name none
     * @param crlValidity until the next revocation list is due
     * @return the trust anchor
     * @throws AuthorityException if the directory is not empty, or for another reason that the user can correct
     */
    public X509Certificate init(
            String domain,
            KeyKind key,
            char @Nullable [] password,
            Duration lifetime,
            @Nullable String crlUrl,
            Duration crlValidity) {
        String checked = domain(domain);
        checkUrl(crlUrl);
        if (Files.exists(directory)) {
            if (!Files.isDirectory(directory)) {
                throw new InvalidRequestException(directory + " is not a directory");
            }
            requireEmpty();
        } else {
            SafeFiles.createDirectory(directory);
        }
        return locked(() -> {
            requireEmpty();
            Instant now = clock.instant();
            TestAuthority authority = TestAuthority.create(checked, key, now, lifetime);
            SafeFiles.writeSecret(keyFile(), Pem.key(authority.key(), password));
            SafeFiles.write(certificateFile(), Pem.certificate(authority.certificate()));
            SafeFiles.createDirectory(directory.resolve("nodes"));
            AuthorityState state = new AuthorityState(checked, crlUrl, registrar(), 1, 0, List.of());
            writeCrl(authority, state, crlValidity);
            return authority.certificate();
        });
    }

    /**
     * Issues a certificate to a new node, or to one whose certificates were revoked, and writes its files. A node that
     * was revoked gets a new key, and the address that it had unless another one is requested. No other node may have
     * the same acp-node-name or address, unless its certificates were revoked or the request permits it.
     *
     * @param request what to issue
     * @param password opens the authority's key; {@code null} if that is not encrypted
     * @param keyPassword encrypts the node's key; {@code null} for a key that is not encrypted
     * @return what was issued
     * @throws AuthorityException if the name is in use, or for another reason that the user can correct
     */
    public Issued issue(NodeRequest request, char @Nullable [] password, char @Nullable [] keyPassword) {
        checkUrl(request.crlUrl());
        if (keyPassword != null && !Pem.isUsable(keyPassword)) {
            throw new InvalidRequestException("--key-password-file: the password has other characters than printable"
                    + " ASCII, which Java cannot use for keys: choose another one");
        }
        return locked(() -> {
            AuthorityState state = readState();
            IdentityFiles files = files(request.name());
            Optional<IssuedCertificate> former = state.newest(request.name());
            boolean again = former.isPresent() && former.get().revoked() != null;
            if (!again && (former.isPresent() || Files.exists(files.directory()))) {
                throw new AuthorityException("there is a node " + request.name()
                        + " already: renew its certificate with 'grasp ca renew', or choose another name");
            }
            if (state.nextNode() > AcpAddresses.MAX_NODE_NUMBER) {
                throw new AuthorityException("the authority has no address left for another node");
            }
            AcpNodeName nodeName = request.nodeName(
                    state.domain(),
                    subdomain -> addressOf(former, subdomain)
                            .orElseGet(() -> AcpAddresses.zone(subdomain, state.registrar(), state.nextNode())));
            if (!request.duplicate()) {
                requireUnique(state, request.name(), nodeName);
            }
            TestAuthority authority = authority(password);
            KeyPair keys = request.key().generate();
            X509Certificate certificate = sign(
                    authority, state, request.name(), nodeName, keys.getPublic(), request.lifetime(), request.crlUrl());
            // First the records: a certificate that is not in them could not be revoked.
            IssuedCertificate issued = recordOf(request.name(), nodeName, certificate);
            writeState(state.withIssued(issued, state.nextNode() + 1));
            if (Files.exists(files.directory())) {
                write(files, keys, keyPassword, certificate);
            } else {
                Path temporary = directory.resolve("nodes").resolve("." + issued.serial());
                SafeFiles.createDirectory(temporary);
                write(new IdentityFiles(temporary), keys, keyPassword, certificate);
                SafeFiles.rename(temporary, files.directory());
            }
            return new Issued(issued, files, again);
        });
    }

    /** Peers tell nodes apart by their acp-node-names, and route by their addresses. */
    private static void requireUnique(AuthorityState state, String name, AcpNodeName nodeName) {
        for (IssuedCertificate other : state.present()) {
            if (other.name().equals(name)) {
                continue;
            }
            AcpNodeName held = AcpNodeName.parse(other.nodeName());
            boolean sameAddress =
                    nodeName.address().isPresent() && nodeName.address().equals(held.address());
            if (sameAddress || held.equals(nodeName)) {
                throw new AuthorityException("the node " + other.name() + " has the "
                        + (sameAddress ? "address of " : "acp-node-name ") + nodeName
                        + " already: choose another " + (sameAddress ? "--address" : "--address or --role") + " for "
                        + name + ", or renew the certificate of " + other.name()
                        + " with 'grasp ca renew' if that is the node; with --allow-duplicate both have it, and peers"
                        + " take them for one node");
            }
        }
    }

    private void write(IdentityFiles files, KeyPair keys, char @Nullable [] password, X509Certificate certificate) {
        SafeFiles.writeSecret(files.key(), Pem.key(keys.getPrivate(), password));
        SafeFiles.write(files.certificate(), Pem.certificate(certificate));
        SafeFiles.write(files.anchors(), SafeFiles.read(certificateFile()));
    }

    /** {@return the address of a node in a routing subdomain, 32 hexadecimal digits, if it has had one there} */
    private static Optional<String> addressOf(Optional<IssuedCertificate> former, String subdomain) {
        return former.map(certificate -> AcpNodeName.parse(certificate.nodeName()))
                .filter(name -> name.routingSubdomain().equals(subdomain))
                .flatMap(AcpNodeName::address)
                .map(address -> HexFormat.of().formatHex(address.getAddress()));
    }

    /**
     * Issues a new certificate to a node, with the name and the key of the present one, and replaces that.
     *
     * @param name the node
     * @param lifetime how long the certificate is valid
     * @param password opens the authority's key; {@code null} if that is not encrypted
     * @return what was issued
     * @throws AuthorityException if there is no such node, or it was revoked, or for another reason that the user can
     *     correct
     */
    public Issued renew(String name, Duration lifetime, char @Nullable [] password) {
        return locked(() -> {
            AuthorityState state = readState();
            IssuedCertificate present = present(state, name);
            IdentityFiles files = files(name);
            X509Certificate old = Pem.readCertificate(files.certificate(), SafeFiles.read(files.certificate()));
            AcpNodeName nodeName = AcpNodeName.parse(present.nodeName());
            X509Certificate certificate = sign(
                    authority(password),
                    state,
                    name,
                    nodeName,
                    old.getPublicKey(),
                    lifetime,
                    TestAuthority.crlUrl(old));
            IssuedCertificate issued = recordOf(name, nodeName, certificate);
            writeState(state.withIssued(issued, state.nextNode()));
            SafeFiles.write(files.certificate(), Pem.certificate(certificate));
            return new Issued(issued, files, false);
        });
    }

    /**
     * Revokes all certificates of a node, and makes a new revocation list.
     *
     * @param name the node
     * @param crlValidity until the next list is due
     * @param password opens the authority's key; {@code null} if that is not encrypted
     * @return the list
     * @throws AuthorityException if there is no such node, or it was revoked before
     */
    public X509CRL revoke(String name, Duration crlValidity, char @Nullable [] password) {
        return locked(() -> {
            AuthorityState state = readState();
            present(state, name);
            return writeCrl(
                    authority(password),
                    state.withRevoked(name, clock.instant().truncatedTo(ChronoUnit.SECONDS)),
                    crlValidity);
        });
    }

    /**
     * Makes a new revocation list.
     *
     * @param crlValidity until the next list is due
     * @param password opens the authority's key; {@code null} if that is not encrypted
     * @return the list
     */
    public X509CRL renewCrl(Duration crlValidity, char @Nullable [] password) {
        return locked(() -> writeCrl(authority(password), readState(), crlValidity));
    }

    /** {@return everything that was issued, oldest first} */
    public List<IssuedCertificate> certificates() {
        return locked(() -> readState().certificates());
    }

    /**
     * {@return the file of the revocation list}
     *
     * @throws AuthorityException if there is no authority in the directory
     */
    public Path crlFile() {
        if (!Files.exists(crlPath())) {
            throw notAnAuthority();
        }
        return crlPath();
    }

    /**
     * A certificate with its files.
     *
     * @param certificate what was recorded about it
     * @param files where it is
     * @param again whether it is the first after all certificates of the node were revoked
     */
    public record Issued(IssuedCertificate certificate, IdentityFiles files, boolean again) {}

    private IssuedCertificate present(AuthorityState state, String name) {
        NodeRequest.checkName(name);
        IssuedCertificate newest = state.newest(name)
                .orElseThrow(() -> new AuthorityException("there is no node " + name + ": 'grasp ca list' prints all"));
        if (newest.revoked() != null) {
            throw new AuthorityException("the certificates of " + name + " were revoked at " + newest.revoked()
                    + ": 'grasp ca issue' issues a new one");
        }
        return newest;
    }

    private X509Certificate sign(
            TestAuthority authority,
            AuthorityState state,
            String name,
            AcpNodeName nodeName,
            PublicKey key,
            Duration lifetime,
            @Nullable String crlUrl) {
        Instant now = clock.instant();
        if (!now.isBefore(authority.certificate().getNotAfter().toInstant())) {
            throw new AuthorityException("the certificate of the authority expired at "
                    + authority.certificate().getNotAfter().toInstant() + ": create a new authority");
        }
        return authority.issue(name, nodeName, key, now, lifetime, crlUrl == null ? state.crlUrl() : crlUrl);
    }

    private static IssuedCertificate recordOf(String name, AcpNodeName nodeName, X509Certificate certificate) {
        return new IssuedCertificate(
                name,
                nodeName.toString(),
                certificate.getSerialNumber().toString(16),
                certificate.getNotAfter().toInstant(),
                null);
    }

    private X509CRL writeCrl(TestAuthority authority, AuthorityState before, Duration validity) {
        AuthorityState state = before.withNextCrl();
        // A list with a number that is not recorded would have no newer one.
        writeState(state);
        X509CRL crl = authority.revocationList(revoked(state), state.crlNumber(), clock.instant(), validity);
        try {
            SafeFiles.write(crlPath(), crl.getEncoded());
        } catch (CRLException e) {
            throw new IllegalStateException(e);
        }
        return crl;
    }

    private static List<TestAuthority.Revoked> revoked(AuthorityState state) {
        return state.certificates().stream()
                .flatMap(each -> each.revoked() == null
                        ? Stream.empty()
                        : Stream.of(new TestAuthority.Revoked(each.serialNumber(), each.revoked())))
                .toList();
    }

    private TestAuthority authority(char @Nullable [] password) {
        return new TestAuthority(
                Pem.readCertificate(certificateFile(), SafeFiles.read(certificateFile())),
                Pem.readKey(keyFile(), SafeFiles.read(keyFile()), password));
    }

    private AuthorityState readState() {
        if (!Files.exists(stateFile())) {
            throw notAnAuthority();
        }
        byte[] content = SafeFiles.read(stateFile());
        try {
            return JSON.readValue(content, AuthorityState.class);
        } catch (JacksonException | NullPointerException e) {
            throw new AuthorityException(
                    stateFile() + " is damaged: restore it from a copy, or create another authority", e);
        }
    }

    private void writeState(AuthorityState state) {
        SafeFiles.write(stateFile(), JSON.writeValueAsBytes(state));
    }

    private InvalidRequestException notAnAuthority() {
        return new InvalidRequestException("there is no authority in " + directory + ": 'grasp ca init' creates one");
    }

    private void requireEmpty() {
        try (Stream<Path> entries = Files.list(directory)) {
            if (entries.anyMatch(each -> !each.equals(lockFile()))) {
                throw new AuthorityException(directory + " is not empty: nothing in it was changed");
            }
        } catch (IOException e) {
            throw new AuthorityException("cannot read " + directory + ": " + FileErrorText.reason(e), e);
        }
    }

    private <T> T locked(Operation<T> operation) {
        if (!Files.isDirectory(directory)) {
            throw notAnAuthority();
        }
        try (FileChannel channel = FileChannel.open(lockFile(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            return operation.run();
        } catch (IOException e) {
            throw new AuthorityException("cannot lock " + directory + ": " + FileErrorText.reason(e), e);
        }
    }

    /** One operation on the directory. */
    private interface Operation<T> {
        T run();
    }

    private IdentityFiles files(String name) {
        return new IdentityFiles(directory.resolve("nodes").resolve(name));
    }

    private Path certificateFile() {
        return directory.resolve("authority.pem");
    }

    private Path keyFile() {
        return directory.resolve("authority-key.pem");
    }

    private Path stateFile() {
        return directory.resolve("authority.json");
    }

    private Path crlPath() {
        return directory.resolve("authority.crl");
    }

    private Path lockFile() {
        return directory.resolve(".lock");
    }

    /** {@return a domain that may stand in an acp-node-name, in lower case} */
    private static String domain(String domain) {
        try {
            return AcpNodeName.parse("@" + domain).domain();
        } catch (IllegalArgumentException e) {
            throw new InvalidRequestException("'" + domain + "' is not a domain name", e);
        }
    }

    private static void checkUrl(@Nullable String url) {
        if (url != null && !isHttp(url)) {
            throw new InvalidRequestException("'" + url + "' is not an http URL");
        }
    }

    private static boolean isHttp(String url) {
        try {
            URI uri = new URI(url);
            return "http".equalsIgnoreCase(uri.getScheme()) && uri.getHost() != null && uri.getUserInfo() == null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** Of the form of a MAC address that is locally administered, as in the example of RFC 8994 section 6.2.2. */
    private static long registrar() {
        return 0x0200_0000_0000L | new SecureRandom().nextLong() & 0xFF_FFFF_FFFFL;
    }
}
