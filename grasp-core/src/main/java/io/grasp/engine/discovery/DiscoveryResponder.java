package io.grasp.engine.discovery;

import io.grasp.config.RapidMode;
import io.grasp.config.RegistrationOptions;
import io.grasp.engine.channel.ReplySender;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.engine.node.CompactKey;
import io.grasp.engine.node.EngineContext;
import io.grasp.engine.node.ExpiringSet;
import io.grasp.engine.node.Placeholder;
import io.grasp.engine.node.SessionKey;
import io.grasp.engine.node.TextBytes;
import io.grasp.engine.registry.Registration;
import io.grasp.engine.registry.Registry;
import io.grasp.model.AsaLocator;
import io.grasp.model.Locator;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import io.grasp.observe.DropReason;
import io.grasp.observe.MessagePath;
import io.grasp.security.PeerAction;
import io.grasp.substrate.Link;
import io.grasp.substrate.ReplyPath;
import io.grasp.wire.Discovery;
import io.grasp.wire.GraspOption;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.Response;
import io.grasp.wire.WireMillis;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers discoveries of objectives that ASAs of this node support or that are in the cache, and passes others to the
 * relay. It also relays those that are answered only with locators learned at second hand, and now and then those that
 * are answered with others from the cache (RFC 8990 sections 2.5.4.3 and 2.8.5).
 */
public final class DiscoveryResponder {
    private final EngineContext context;
    private final Registry registry;
    private final ReplySender replies;
    private final DiscoveryCache cache;
    private final DiscoveryRelay relay;
    private final RapidAnswers rapid;
    private final ExpiringSet<Heard> heard;
    private final ExpiringSet<Reach> relayedBesideDivert;

    public DiscoveryResponder(
            EngineContext context,
            Registry registry,
            ReplySender replies,
            DiscoveryCache cache,
            DiscoveryRelay relay,
            RapidAnswers rapid) {
        this.context = context;
        this.registry = registry;
        this.replies = replies;
        this.cache = cache;
        this.relay = relay;
        this.rapid = rapid;
        this.heard = context.remember(context.timeouts.sessionMemory());
        this.relayedBesideDivert = context.remember(context.timeouts.divertWithoutRelay());
    }

    /**
     * A discovery, to all neighbors or to this node alone (RFC 8990 section 2.5.4.2).
     *
     * @param link the link it came on, or {@code null} if that is not known
     */
    public void discovery(
            Discovery discovery, byte[] encoded, @Nullable Link link, ReplyPath replyPath, MessagePath path) {
        SessionKey key = new SessionKey(discovery.session(), discovery.initiator());
        Heard copy = Heard.of(key, link == null ? 0 : link.index(), replyPath.source());
        TrafficSource source = context.sourceOf(link, path);
        if (!heard.add(copy, source)) {
            context.drop(DropReason.DUPLICATE, path);
            return;
        }
        context.sessions.heard(discovery.session(), source);
        context.options().in(discovery, encoded, path);
        Link asker = linkOfAsker(link, replyPath, path);
        Registration registration = registry.find(discovery.objective().name(), null, Registration::isDiscoverable);
        if (registration != null) {
            Runnable respond = () -> respond(registration, key, asker, replyPath, path);
            if (!rapid.discovery(discovery, link, replyPath, path, respond)) {
                respond.run();
            }
            return;
        }
        if (context.dull.isDull()) { // RFC 8990 section 2.5.2: no divert, no relaying
            context.drop(DropReason.NOT_SUPPORTED, path);
            return;
        }
        String objective = discovery.objective().name();
        List<DiscoveryCache.Known> known =
                path.kind() == MessagePath.Kind.LOOPBACK ? cache.get(objective) : cache.elsewhere(objective, asker);
        List<DiscoveryCache.Known> elsewhere = known.stream()
                .filter(found -> context.locators.mayDivertTo(found.locator().locator()))
                .toList();
        if (elsewhere.isEmpty()) {
            relay.discovery(discovery, encoded, link, replyPath, path, source, false);
            return;
        }
        ReplySender.begin(replyPath); // responses may follow the divert
        divert(discovery, elsewhere, replyPath, path);
        relayBesideDivert(discovery, encoded, link, replyPath, path, source, elsewhere);
        ReplySender.end(replyPath);
    }

    /**
     * RFC 8990 section 2.5.4.4 requires relaying if no responder is cached. Cached locators may be wrong, and must not
     * hide the responders. Only those that have answered this node itself save most of the relaying: discoveries of the
     * objective from the same neighbor that go no further than one that was relayed lately.
     */
    private void relayBesideDivert(
            Discovery discovery,
            byte[] encoded,
            @Nullable Link link,
            ReplyPath replyPath,
            MessagePath path,
            TrafficSource source,
            List<DiscoveryCache.Known> elsewhere) {
        if (elsewhere.stream().noneMatch(found -> found.learned() == DiscoveryCache.Learned.ANSWERED)) {
            relay.discovery(discovery, encoded, link, replyPath, path, source, true);
            return;
        }
        if (path.kind() == MessagePath.Kind.LOOPBACK) {
            return; // an ASA of this node can send it to all links
        }
        String objective = discovery.objective().name();
        Reach reach = new Reach(objective, source, discovery.objective().loopCount());
        if (!relayedBesideDivert.contains(reach)
                && relay.discovery(discovery, encoded, link, replyPath, path, source, true)) {
            relayedBesideDivert.add(reach, source, TextBytes.of(objective, null));
        }
    }

    /**
     * The link of the node that gets the answer, or {@code null} if that is not known. The source of a datagram to this
     * node alone does not prove where the datagram came from, but the answer goes there: so it determines the content
     * of the answer, and not what is charged for it.
     */
    private @Nullable Link linkOfAsker(@Nullable Link link, ReplyPath replyPath, MessagePath path) {
        return link == null && path.kind() == MessagePath.Kind.LINK
                ? context.addresses.linkOf(replyPath.source().getAddress())
                : link;
    }

    private void respond(
            Registration registration,
            SessionKey discovery,
            @Nullable Link link,
            ReplyPath replyPath,
            MessagePath path) {
        if (!registration.isDiscoverable() || !context.isSecure()) { // a rapid answer may have been tried meanwhile
            context.drop(context.isSecure() ? DropReason.NOT_SUPPORTED : DropReason.NO_SECURITY, path);
            return;
        }
        List<Locator> locators = path.kind() == MessagePath.Kind.LOOPBACK
                ? context.ownLocators.onNode(registration.options).stream()
                        .map(AsaLocator::locator)
                        .toList()
                : context.ownLocators.forPeer(
                        registration.options, link, replyPath.source().getAddress());
        if (locators.isEmpty()) {
            context.drop(DropReason.LINK_LOCAL_RESPONSE, path);
            return;
        }
        Response response = response(discovery.id(), discovery.initiator(), registration.options, locators);
        byte[] encoded = context.encodeUnicast(response);
        ObjectiveValue value = registration.synchronizedValue();
        String objective = registration.objective.name();
        if (registration.options.rapid() == RapidMode.RESPONSE
                && value != null
                && context.policy.permitsRequest(path, PeerAction.SYNCHRONIZE, objective)) {
            Response full = new Response(
                    response.session(),
                    response.initiator(),
                    response.ttlMillis(),
                    response.options(),
                    registration.objective.withValue(Placeholder.ifNone(value)));
            byte[] withValue = MessageEncoder.encode(full);
            if (withValue.length <= context.limits.message().maxBytes()) {
                response = full;
                encoded = withValue;
            }
        }
        replies.sendLast(response, encoded, replyPath, path);
    }

    /** Sends an O_DIVERT with cached locators (RFC 8990 section 2.5.4.3), as many as fit in a message. */
    private void divert(
            Discovery discovery, List<DiscoveryCache.Known> elsewhere, ReplyPath replyPath, MessagePath path) {
        // One ttl applies to all, so use the shortest; 0 would mean much longer.
        long ttl = elsewhere.stream()
                .mapToLong(found -> WireMillis.left(found.locator().ttl()))
                .min()
                .orElse(1);
        List<Locator> locators =
                elsewhere.stream().map(found -> found.locator().locator()).toList();
        for (int count = locators.size(); count > 0; count--) {
            GraspOption divert = new GraspOption.Divert(locators.subList(0, count));
            Response response = new Response(discovery.session(), discovery.initiator(), ttl, List.of(divert), null);
            byte[] encoded = MessageEncoder.encode(response);
            if (encoded.length <= context.limits.message().maxBytes()) {
                replies.relay(response, encoded, replyPath, path);
                return;
            }
        }
        context.drop(DropReason.RESPONSE_TOO_LONG, path);
    }

    public static Response response(
            SessionId session, InetAddress initiator, RegistrationOptions options, List<Locator> locators) {
        List<GraspOption> shown = locators.stream()
                .<GraspOption>map(GraspOption.LocatorOption::new)
                .toList();
        return new Response(session, initiator, options.ttlMillis(), shown, null);
    }

    /**
     * A discovery may come on several links and from several relays, each with its own return path. One of these may
     * fail or not pass on responses, so answering only the first copy is not enough.
     */
    record Heard(CompactKey session, TrafficSource previousHop, int port) implements Comparable<Heard> {
        private static final Comparator<Heard> ORDER = Comparator.comparing(Heard::session)
                .thenComparing(Heard::previousHop)
                .thenComparingInt(Heard::port);

        static Heard of(SessionKey session, int link, InetSocketAddress previousHop) {
            return new Heard(
                    CompactKey.of(session),
                    TrafficSource.onLink(link, previousHop.getAddress()),
                    previousHop.getPort());
        }

        @Override
        public int compareTo(Heard other) {
            return ORDER.compare(this, other);
        }
    }

    /** How far discoveries of an objective from a neighbor go. */
    private record Reach(String objective, TrafficSource source, int loopCount) implements Comparable<Reach> {
        private static final Comparator<Reach> ORDER = Comparator.comparing(Reach::objective)
                .thenComparing(Reach::source)
                .thenComparingInt(Reach::loopCount);

        @Override
        public int compareTo(Reach other) {
            return ORDER.compare(this, other);
        }
    }
}
