package io.grasp.samples;

import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.model.AcpNodeName;
import io.grasp.model.FloodedObjective;
import io.grasp.model.LinkInfo;
import io.grasp.model.PeerRefusal;
import io.grasp.observe.GraspObserver;
import io.grasp.samples.asa.Briggs;
import io.grasp.samples.asa.Gray;
import io.grasp.samples.asa.NegotiationReport;
import io.grasp.samples.ca.KeyKind;
import io.grasp.samples.ca.TestAuthority;
import io.grasp.samples.node.CrlEndpoint;
import io.grasp.samples.text.LineOutput;
import io.grasp.security.Identity;
import io.grasp.security.IdentityConfig;
import io.grasp.security.IdentityException;
import io.grasp.substrate.netty.overlay.OverlayConfig;
import io.grasp.util.AddressText;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.CRLException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Members of a domain on this host, each with one TLS port at the loopback address and without multicast. They flood
 * and negotiate; a stranger is refused; a member that is revoked loses its connection. Everything is in memory.
 */
final class SecureDemo {
    private static final String DOMAIN = "example.com";
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final Duration LIFETIME = Duration.ofHours(1);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration LOOK = Duration.ofMillis(10);
    /** Of revocation lists; an operator would choose minutes. */
    private static final Duration REFRESH = Duration.ofMillis(500);
    /** With this seed Gray and Briggs come to an agreement without long thoughts. */
    private static final int SEED = 2481;

    private final long began = System.nanoTime();
    private final LineOutput talk;
    private final Consumer<Step> steps;

    private final TestAuthority authority = TestAuthority.create(DOMAIN, KeyKind.EC, Instant.now(), LIFETIME);
    private final AtomicReference<X509CRL> revocations =
            new AtomicReference<>(authority.revocationList(List.of(), 1, Instant.now(), LIFETIME));
    private final Map<AcpNodeName, String> names = new ConcurrentHashMap<>();
    private final List<Member> open = new ArrayList<>();

    /**
     * Something that has happened.
     *
     * @param event {@code flooded}, {@code negotiated}, {@code refused} or {@code revoked}
     * @param node the node that reports it
     * @param detail in words
     */
    record Step(String event, String node, String detail) {}

    /**
     * @param talk receives everything, line by line
     * @param steps receives each step when it has been made
     */
    SecureDemo(LineOutput talk, Consumer<Step> steps) {
        this.talk = talk;
        this.steps = steps;
    }

    /**
     * Runs the demonstration.
     *
     * @throws IllegalStateException if something did not happen that should have
     */
    void run() {
        try (CrlEndpoint lists = CrlEndpoint.open(InetSocketAddress.createUnresolved("", 0), this::revocationList)) {
            try {
                run(lists.url());
            } finally {
                closeAll();
            }
        }
    }

    private void run(String crlUrl) {
        say("CA", "Certificates of " + DOMAIN + " for Relay, Gray and Briggs");
        Member relay = member("Relay", enroll("Relay", 1, crlUrl), List.of());
        Member briggs = member("Briggs", enroll("Briggs", 2, crlUrl), List.of(relay));
        Member gray = member("Gray", enroll("Gray", 3, crlUrl), List.of(relay));
        await("the links", () -> relay.neighbors() == 2 && briggs.neighbors() == 1 && gray.neighbors() == 1);
        say("Relay", "Gray and Briggs are my neighbors; they are not neighbors of each other");
        work(gray, briggs);
        stranger(relay);
        revoke(relay, crlUrl);
    }

    /** A flood from Briggs to Gray, which Relay passes on, and a negotiation. */
    private void work(Member gray, Member briggs) {
        AtomicReference<FloodedObjective> heard = new AtomicReference<>();
        gray.grasp()
                .registerAsa("listener")
                .flatMapMany(asa -> asa.floods("EX1"))
                .subscribe(heard::set);
        Briggs banker = new Briggs(
                briggs.grasp().scheduler(),
                Clock.systemUTC(),
                new Random(SEED),
                line -> say("Briggs", line),
                round -> {});
        banker.run(briggs.grasp()).subscribe();
        await("the flood", () -> heard.get() != null);
        FloodedObjective flooded = Objects.requireNonNull(heard.get());
        String value = flooded.objective().name() + " = " + flooded.objective().value();
        String through = flooded.neighbor()
                .map(neighbor -> " through " + nameOf(neighbor.nodeName()))
                .orElse("");
        say("Gray", "Heard " + value + through);
        steps.accept(new Step("flooded", "Gray", value + through));
        NegotiationReport round = new Gray(gray.grasp().scheduler(), new Random(SEED), line -> say("Gray", line))
                .run(gray.grasp(), 1, Duration.ZERO)
                .blockLast(PATIENCE);
        if (round == null || round.hasFailed()) {
            throw new IllegalStateException(
                    "the negotiation failed: " + (round == null ? "no round" : round.describe()));
        }
        say("Gray", "Result, " + round.describe());
        steps.accept(new Step("negotiated", "Gray", round.describe()));
    }

    /** A node with a good name, and a certificate of an authority that the others do not trust. */
    private void stranger(Member relay) {
        say("Mallory", "Has a certificate of " + DOMAIN + " too, but of an authority of my own");
        TestAuthority foreign = TestAuthority.create(DOMAIN, KeyKind.EC, Instant.now(), LIFETIME);
        TestAuthority.Enrolled enrolled = foreign.enroll("Mallory", name("Mallory", 4), Instant.now(), LIFETIME, null);
        Member mallory = member(
                "Mallory",
                open(config(enrolled, List.of(foreign.certificate(), authority.certificate()))),
                List.of(relay));
        await("the refusal", () -> relay.refused(PeerRefusal.UNTRUSTED) != null);
        steps.accept(new Step("refused", "Relay", String.valueOf(relay.refused(PeerRefusal.UNTRUSTED))));
        await("the refused node", () -> mallory.refused(PeerRefusal.REFUSED_BY_PEER) != null);
        if (relay.neighbors() != 2 || mallory.neighbors() != 0) {
            throw new IllegalStateException("a stranger has become a neighbor");
        }
        mallory.close();
    }

    /** A member that is revoked while it is connected. */
    private void revoke(Member relay, String crlUrl) {
        TestAuthority.Enrolled enrolled = authority.enroll("Eve", name("Eve", 5), Instant.now(), LIFETIME, crlUrl);
        // Eve takes no list: a node that knows that it is revoked ends its connections before others do.
        Identity evesOwn =
                open(config(enrolled, List.of(authority.certificate())).withMaxRevocationBytes(1));
        Member eve = member("Eve", evesOwn, List.of(relay));
        await("another neighbor", () -> relay.neighbors() == 3 && eve.neighbors() == 1);
        say("CA", "Revokes the certificate of Eve");
        Instant now = Instant.now();
        revocations.set(authority.revocationList(
                List.of(new TestAuthority.Revoked(enrolled.certificate().getSerialNumber(), now)), 2, now, LIFETIME));
        await("the revocation", () -> relay.refused(PeerRefusal.REVOKED) != null && relay.neighbors() == 2);
        steps.accept(new Step("revoked", "Relay", String.valueOf(relay.refused(PeerRefusal.REVOKED))));
        eve.close();
    }

    private byte[] revocationList() throws CRLException {
        return Objects.requireNonNull(revocations.get()).getEncoded();
    }

    private Identity enroll(String node, int number, String crlUrl) {
        TestAuthority.Enrolled enrolled = authority.enroll(node, name(node, number), Instant.now(), LIFETIME, crlUrl);
        return open(config(enrolled, List.of(authority.certificate())));
    }

    /** Addresses of the zone scheme, with a registrar-ID of the form of a locally administered MAC address. */
    private AcpNodeName name(String node, int number) {
        AcpNodeName name = AcpNodeName.parse(
                String.format(Locale.ROOT, "fda379a6f6ee0000020000000001%04x@%s", number << 1, DOMAIN));
        names.put(name, node);
        return name;
    }

    private static IdentityConfig config(TestAuthority.Enrolled enrolled, List<X509Certificate> anchors) {
        return IdentityConfig.of(List.of(enrolled.certificate()), enrolled.key(), anchors)
                .withRevocationRefresh(REFRESH);
    }

    private static Identity open(IdentityConfig config) {
        try {
            return Identity.open(config);
        } catch (IdentityException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /** A node's name in its certificate is an address; people know it by another name. */
    private String withNames(String text) {
        String readable = text;
        for (Map.Entry<AcpNodeName, String> each : names.entrySet()) {
            String node = each.getKey().toString();
            readable = readable.replace(node, each.getValue() + " (" + node + ")");
        }
        return readable;
    }

    private String nameOf(AcpNodeName node) {
        return names.getOrDefault(node, node.toString());
    }

    private Member member(String name, Identity identity, List<Member> neighbors) {
        Member member = new Member(name, identity);
        open.add(member);
        member.start(neighbors);
        return member;
    }

    private void closeAll() {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    private static void await(String what, BooleanSupplier condition) {
        Flux.interval(Duration.ZERO, LOOK)
                .filter(look -> condition.getAsBoolean())
                .next()
                .timeout(
                        PATIENCE,
                        Mono.error(() -> new IllegalStateException("the demonstration waited " + PATIENCE.toSeconds()
                                + " s for " + what + ": is the loopback interface up, and the host not overloaded?")))
                .block();
    }

    private void say(String who, String line) {
        synchronized (talk) {
            talk.say(String.format(Locale.ROOT, "%8.3f  %-7s %s", (System.nanoTime() - began) / 1e9, who, line));
        }
    }

    /** A node of the demonstration, with what it has observed. */
    private final class Member implements GraspObserver, AutoCloseable {
        private final String name;
        private final Identity identity;
        private final Set<LinkInfo> links = ConcurrentHashMap.newKeySet();
        private final Map<PeerRefusal, String> refusals = new ConcurrentHashMap<>();
        private @Nullable Grasp grasp;

        Member(String name, Identity identity) {
            this.name = name;
            this.identity = identity;
        }

        void start(List<Member> neighbors) {
            OverlayConfig overlay = OverlayConfig.defaults()
                    .withPort(0)
                    .withAddresses(LOOPBACK)
                    .withNeighbors(neighbors.stream().map(Member::place).toList());
            grasp = Grasp.start(GraspConfig.defaults()
                            .withOverlay(overlay, identity)
                            .withAdvertisedAddress(LOOPBACK)
                            .withObserver(this))
                    .block(PATIENCE);
        }

        Grasp grasp() {
            return Objects.requireNonNull(grasp, "a node that has started");
        }

        String place() {
            int port =
                    Objects.requireNonNull(grasp().locators().block(PATIENCE)).port();
            return AddressText.of(new InetSocketAddress(LOOPBACK, port));
        }

        int neighbors() {
            return links.size();
        }

        @Nullable
        String refused(PeerRefusal reason) {
            return refusals.get(reason);
        }

        @Override
        public void linkUp(LinkInfo link) {
            links.add(link);
        }

        @Override
        public void linkDown(LinkInfo link) {
            links.remove(link);
        }

        @Override
        public void peerRefused(PeerRefusal reason, InetSocketAddress peer, String detail) {
            String readable = withNames(detail);
            if (refusals.put(reason, readable) == null) {
                say(name, (reason == PeerRefusal.REFUSED_BY_PEER ? "Was refused: " : "Refused: ") + readable);
            }
        }

        @Override
        public void close() {
            if (grasp != null) {
                grasp.close();
            }
            identity.close();
        }
    }
}
