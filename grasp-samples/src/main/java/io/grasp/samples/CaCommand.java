package io.grasp.samples;

import io.grasp.samples.ca.AuthorityDirectory;
import io.grasp.samples.ca.IssuedCertificate;
import io.grasp.samples.ca.KeyKind;
import io.grasp.samples.ca.NodeRequest;
import io.grasp.samples.node.CrlEndpoint;
import io.grasp.samples.text.HostPort;
import io.grasp.samples.text.IpAddress;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** A certificate authority for tests. */
@Command(
        name = "ca",
        description = {
            "A certificate authority for tests: it issues certificates of RFC 8994, with which nodes authenticate each"
                    + " other. Not for production: its key is a file, and it issues whatever it is asked for.",
            "With --json its commands print one JSON object per line."
        },
        subcommands = {
            CaCommand.Init.class,
            CaCommand.Issue.class,
            CaCommand.Renew.class,
            CaCommand.Revoke.class,
            CaCommand.Crl.class,
            CaCommand.Listing.class,
            CaCommand.Serve.class
        },
        footer = {"", Main.EXIT_CODES})
final class CaCommand implements Runnable {
    private static final Duration AUTHORITY_LIFETIME = Duration.ofDays(365);
    private static final Duration NODE_LIFETIME = Duration.ofDays(90);
    private static final Duration CRL_VALIDITY = Duration.ofDays(7);

    @Spec
    private @Nullable CommandSpec spec;

    CaCommand() {}

    @Override
    public void run() {
        throw new ParameterException(Objects.requireNonNull(spec).commandLine(), "A command is missing");
    }

    /** Creates an authority. */
    @Command(
            name = "init",
            description = "Creates a test authority in a new or empty directory.",
            footer = {"", "Valid for 365 days by default.", Main.EXIT_CODES})
    static final class Init implements Callable<Integer> {
        @Mixin
        private CaOptions ca = new CaOptions();

        @Mixin
        private LifetimeOptions lifetime = new LifetimeOptions();

        @Option(
                names = "--domain",
                required = true,
                paramLabel = "DOMAIN",
                description = "The domain whose members accept each other, such as example.com.")
        private String domain = "";

        @Option(
                names = "--key",
                paramLabel = "KIND",
                converter = KeyKindConverter.class,
                description = "The authority's key: ec (P-256) or rsa (2048 bits). Default: ec.")
        private KeyKind key = KeyKind.EC;

        @Option(
                names = "--crl-url",
                paramLabel = "URL",
                description = "Where 'grasp ca serve' will serve the revocation list; it is named in certificates."
                        + " Without it, nodes do not learn of revocations.")
        private @Nullable String crlUrl;

        Init() {}

        @Override
        public Integer call() {
            char @Nullable [] password = ca.password();
            Duration valid = lifetime.orElse(AUTHORITY_LIFETIME);
            X509Certificate anchor =
                    ca.with(authority -> authority.init(domain, key, password, valid, crlUrl, CRL_VALIDITY));
            Instant end = anchor.getNotAfter().toInstant();
            ca.output()
                    .result(
                            new Created(domain, ca.directory().toString(), end.toString(), crlUrl),
                            "Test authority of " + domain + " in " + ca.directory() + ", valid until " + end
                                    + ". For tests only: not for production.");
            return 0;
        }

        private record Created(
                String domain,
                String directory,
                String notAfter,
                @Nullable String crlUrl) {}
    }

    /** Issues a certificate to a new node. */
    @Command(
            name = "issue",
            description =
                    "Issues a certificate to a new node, or one with a new key to a node that was revoked, and writes"
                            + " certificate.pem, key.pem and anchors.pem to DIR/nodes/NAME, for the option --identity"
                            + " of the other commands.",
            footer = {"", "Valid for 90 days by default, and not longer than the authority.", Main.EXIT_CODES})
    static final class Issue implements Callable<Integer> {
        private static final Pattern HEX_ADDRESS = Pattern.compile("[0-9A-Fa-f]{32}");

        @Mixin
        private CaOptions ca = new CaOptions();

        @Parameters(index = "1", paramLabel = "NAME", description = "A name for the node, for people.")
        private String name = "";

        @Mixin
        private LifetimeOptions lifetime = new LifetimeOptions();

        @Option(
                names = "--role",
                paramLabel = "EXT",
                description = "An extension of the acp-node-name, on which a policy can decide; may be repeated.")
        private List<String> roles = List.of();

        @Option(
                names = "--subdomain",
                paramLabel = "NAME",
                description = "The part of the routing subdomain before the domain.")
        private String subdomain = "";

        @Option(
                names = "--address",
                paramLabel = "ADDRESS",
                description = "The node's ACP address: an IPv6 address, 0 if the node gets it elsewhere, or none."
                        + " Default: the next one of the authority (RFC 8994 section 6.11.3).")
        private @Nullable String address;

        @Option(
                names = "--key",
                paramLabel = "KIND",
                converter = KeyKindConverter.class,
                description = "The node's key: ec (P-256) or rsa (2048 bits). Default: ec.")
        private KeyKind key = KeyKind.EC;

        @Option(
                names = "--key-password-file",
                paramLabel = "FILE",
                description = "Encrypt the node's key; the first line of this file is the password; - prompts for it.")
        private @Nullable Path keyPasswordFile;

        @Option(
                names = "--crl-url",
                paramLabel = "URL",
                description = "Where the revocation list is. Default: as at 'grasp ca init'.")
        private @Nullable String crlUrl;

        @Option(
                names = "--allow-duplicate",
                description = "Issue it although another node has the same acp-node-name or address; peers take both"
                        + " for one node.")
        private boolean duplicate;

        @Spec
        private @Nullable CommandSpec spec;

        Issue() {}

        @Override
        public Integer call() {
            String acpAddress = acpAddress();
            Duration valid = lifetime.orElse(NODE_LIFETIME);
            char @Nullable [] password = ca.password();
            char @Nullable [] keyPassword = ca.passwordIn("--key-password-file", keyPasswordFile);
            print(
                    ca,
                    "Issued",
                    ca.with(authority -> authority.issue(
                            new NodeRequest(name, acpAddress, subdomain, roles, key, valid, crlUrl, duplicate),
                            password,
                            keyPassword)));
            return 0;
        }

        private @Nullable String acpAddress() {
            if (address == null
                    || address.equals("0")
                    || HEX_ADDRESS.matcher(address).matches()) {
                return address;
            }
            if (address.equals("none")) {
                return "";
            }
            try {
                InetAddress literal = new IpAddress().convert(address);
                if (literal instanceof Inet6Address) {
                    return HexFormat.of().formatHex(literal.getAddress());
                }
            } catch (TypeConversionException e) {
                // not an address
            }
            throw new ParameterException(
                    Objects.requireNonNull(spec).commandLine(), "--address must be an IPv6 address, 0 or none");
        }
    }

    /** Issues a new certificate to a node that has one. */
    @Command(
            name = "renew",
            description = "Issues a new certificate to a node, with the same name and key, and replaces its"
                    + " certificate.pem. A running node uses it without a restart.",
            footer = {"", "Valid for 90 days by default, and not longer than the authority.", Main.EXIT_CODES})
    static final class Renew implements Callable<Integer> {
        @Mixin
        private CaOptions ca = new CaOptions();

        @Parameters(index = "1", paramLabel = "NAME", description = "The node.")
        private String name = "";

        @Mixin
        private LifetimeOptions lifetime = new LifetimeOptions();

        Renew() {}

        @Override
        public Integer call() {
            Duration valid = lifetime.orElse(NODE_LIFETIME);
            char @Nullable [] password = ca.password();
            print(ca, "Renewed", ca.with(authority -> authority.renew(name, valid, password)));
            return 0;
        }
    }

    /** Revokes a node. */
    @Command(
            name = "revoke",
            description = "Revokes all certificates of a node, and makes a new revocation list.",
            footer = {"", "The list is valid for 7 days by default.", Main.EXIT_CODES})
    static final class Revoke implements Callable<Integer> {
        @Mixin
        private CaOptions ca = new CaOptions();

        @Parameters(index = "1", paramLabel = "NAME", description = "The node.")
        private String name = "";

        @Mixin
        private LifetimeOptions lifetime = new LifetimeOptions();

        Revoke() {}

        @Override
        public Integer call() {
            Duration valid = lifetime.orElse(CRL_VALIDITY);
            char @Nullable [] password = ca.password();
            X509CRL crl = ca.with(authority -> authority.revoke(name, valid, password));
            printList(ca, "Revoked " + name + ". Revocation", crl);
            return 0;
        }
    }

    /** Renews the revocation list. */
    @Command(
            name = "crl",
            description = "Makes a new revocation list, before the present one is too old.",
            footer = {"", "The list is valid for 7 days by default.", Main.EXIT_CODES})
    static final class Crl implements Callable<Integer> {
        @Mixin
        private CaOptions ca = new CaOptions();

        @Mixin
        private LifetimeOptions lifetime = new LifetimeOptions();

        Crl() {}

        @Override
        public Integer call() {
            Duration valid = lifetime.orElse(CRL_VALIDITY);
            char @Nullable [] password = ca.password();
            printList(ca, "Revocation", ca.with(authority -> authority.renewCrl(valid, password)));
            return 0;
        }
    }

    /** Prints the certificates. */
    @Command(
            name = "list",
            description = "Prints the certificates that were issued, oldest first.",
            footer = {"", Main.EXIT_CODES})
    static final class Listing implements Callable<Integer> {
        @Mixin
        private CaOptions ca = new CaOptions();

        Listing() {}

        @Override
        public Integer call() {
            Instant now = Instant.now();
            for (IssuedCertificate each : ca.with(AuthorityDirectory::certificates)) {
                ca.output().result(Certificate.of(each), describe(each, now));
            }
            return 0;
        }

        private static String describe(IssuedCertificate each, Instant now) {
            String state = each.revoked() != null
                    ? "revoked at " + each.revoked()
                    : (each.notAfter().isAfter(now) ? "valid until " : "expired at ") + each.notAfter();
            return each.name() + "  " + each.nodeName() + "  serial " + each.serial() + "  " + state;
        }
    }

    /** Serves the revocation list. */
    @Command(
            name = "serve",
            description = "Serves the revocation list over HTTP, at /authority.crl, until it is stopped. A new list is"
                    + " served as soon as there is one.",
            footer = {"", Main.EXIT_CODES})
    static final class Serve implements Callable<Integer> {
        @Mixin
        private CaOptions ca = new CaOptions();

        @Parameters(
                index = "1",
                arity = "0..1",
                paramLabel = "[HOST:]PORT",
                converter = HostPort.class,
                defaultValue = "8994",
                description = "Where to serve it. Without HOST only this host can read it. Default: ${DEFAULT-VALUE}.")
        private InetSocketAddress place = InetSocketAddress.createUnresolved("", 0);

        Serve() {}

        @Override
        public Integer call() throws InterruptedException {
            try (CrlEndpoint endpoint = CrlEndpoint.open(place, ca.with(AuthorityDirectory::crlFile))) {
                ca.output().record(new Served("serving", endpoint.url()));
                ca.output().ready("ca serve", "Serving the revocation list at " + endpoint.url());
                new CountDownLatch(1).await(); // until the process is stopped
            }
            return 0;
        }

        private record Served(String event, String url) {}
    }

    private static void print(CaOptions ca, String what, AuthorityDirectory.Issued issued) {
        IssuedCertificate certificate = issued.certificate();
        Path files = issued.files().directory();
        String why = issued.again() ? ", with a new key because its certificates were revoked" : "";
        ca.output()
                .result(
                        new WithFiles(Certificate.of(certificate), files.toString()),
                        what + " " + certificate.name() + why + ": " + certificate.nodeName() + ", serial "
                                + certificate.serial() + ", valid until " + certificate.notAfter() + ", in " + files);
    }

    private static void printList(CaOptions ca, String what, X509CRL crl) {
        Set<?> revoked = crl.getRevokedCertificates();
        int count = revoked == null ? 0 : revoked.size();
        Instant next = crl.getNextUpdate().toInstant();
        ca.output()
                .result(
                        new RevocationList(count, next.toString()),
                        what + " list with " + count + (count == 1 ? " certificate" : " certificates")
                                + ", valid until " + next);
    }

    private record RevocationList(int revoked, String nextUpdate) {}

    private record WithFiles(Certificate certificate, String files) {}

    private record Certificate(
            String name,
            String nodeName,
            String serial,
            String notAfter,
            @Nullable String revoked) {
        static Certificate of(IssuedCertificate each) {
            Instant revoked = each.revoked();
            return new Certificate(
                    each.name(),
                    each.nodeName(),
                    each.serial(),
                    each.notAfter().toString(),
                    revoked == null ? null : revoked.toString());
        }
    }

    /** Reads the kind of a key. */
    static final class KeyKindConverter implements picocli.CommandLine.ITypeConverter<KeyKind> {
        KeyKindConverter() {}

        @Override
        public KeyKind convert(String text) {
            return switch (text.toLowerCase(Locale.ROOT)) {
                case "ec" -> KeyKind.EC;
                case "rsa" -> KeyKind.RSA;
                default -> throw new TypeConversionException("'" + text + "' is not ec or rsa");
            };
        }
    }
}
