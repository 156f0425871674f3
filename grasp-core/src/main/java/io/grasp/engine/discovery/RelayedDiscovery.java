package io.grasp.engine.discovery;

import io.grasp.cbor.CborItem;
import io.grasp.engine.channel.ReplySender;
import io.grasp.engine.fairness.FairPlaces;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.engine.node.Deadlines;
import io.grasp.engine.node.EngineContext;
import io.grasp.engine.node.MulticastKey;
import io.grasp.engine.node.Numbered;
import io.grasp.inspection.SessionEntry;
import io.grasp.model.Locator;
import io.grasp.observe.DropReason;
import io.grasp.observe.MessagePath;
import io.grasp.observe.SessionInfo;
import io.grasp.substrate.Link;
import io.grasp.substrate.ReplyPath;
import io.grasp.util.IntrusiveList;
import io.grasp.util.PeerAddresses;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.GraspOption;
import io.grasp.wire.InexactLocator;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.Response;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A discovery that this node has relayed and to which answers may still come.
 *
 * <pre>
 *   relayed --> WAITING ---+ M_RESPONSE: its new locators go to the previous hop
 *                  |   ^---+ M_SYNCH, M_END: the first of them goes to the previous hop
 *                  |
 *                  +-- 100 ms for each hop that is left, but at most 10 s; another discovery needs its place;
 *                      the previous hop's link is down; the node closes --> ENDED
 * </pre>
 */
final class RelayedDiscovery implements Numbered {
    private static final int DIGEST_BYTES = 32;

    private final MulticastKey key;
    private final String objective;
    private final @Nullable Link from;
    private final ReplyPath previousHop;
    private final MessagePath previousPath;
    private final Deadlines.Deadline deadline;
    private final long arrival;
    private final long number;
    private final long begunAt;
    private final int loopCount;
    private final int mostLocators;
    private final EngineContext context;
    /**
     * The options that were passed on, digests of long ones, with the longest ttl. Ordered, because peers choose the
     * options.
     */
    private final Map<byte[], Long> passedOn = new TreeMap<>(Arrays::compareUnsigned);
    /** The sources of the responses whose options were passed on, once for each time. */
    private final List<TrafficSource> charged = new ArrayList<>();

    private final IntrusiveList.Node<RelayedDiscovery> sameId;
    private FairPlaces.@Nullable Place<RelayedDiscovery> place;
    private boolean rapidlyAnswered;

    /**
     * @param arrival its number in the order in which discoveries came in: some wait before they are relayed
     * @param loopCount the loop count with which it is relayed
     * @param sameId the relayed discoveries with the same Session ID
     */
    RelayedDiscovery(
            MulticastKey key,
            String objective,
            @Nullable Link from,
            ReplyPath previousHop,
            MessagePath previousPath,
            Deadlines.Deadline deadline,
            long arrival,
            int loopCount,
            int mostLocators,
            EngineContext context,
            IntrusiveList<RelayedDiscovery> sameId) {
        this.key = key;
        this.objective = objective;
        this.from = from;
        this.previousHop = previousHop;
        this.previousPath = previousPath;
        this.deadline = deadline;
        this.arrival = arrival;
        this.number = context.nextNumber();
        this.begunAt = context.loop.nanoTime();
        this.loopCount = loopCount;
        this.mostLocators = mostLocators;
        this.context = context;
        this.sameId = sameId.add(this);
        ReplySender.begin(previousHop);
    }

    @Override
    public long number() {
        return number;
    }

    /** {@return the session as an operator sees it} */
    SessionEntry entry() {
        Duration remaining = deadline.remaining();
        return new SessionEntry(
                key.session().id(),
                SessionInfo.Kind.DISCOVERY,
                SessionEntry.Role.RELAY,
                SessionEntry.State.COLLECTING,
                objective,
                PeerAddresses.withoutScope(key.session().initiator()),
                Optional.empty(),
                Optional.empty(),
                loopCount,
                charged.size(),
                remaining == null
                        ? List.of()
                        : List.of(new SessionEntry.Timer(SessionEntry.Awaited.RESPONSES, remaining)),
                Duration.ofNanos(context.loop.nanoTime() - begunAt));
    }

    /**
     * Passes a response to the previous hop, without options that are meaningless beyond the link on which it came, and
     * without those beyond the responder's share. A responder on several links answers on each, so a response is not
     * repeated if all of its options have already been passed on with this ttl or a longer one. An option with a longer
     * ttl counts as a new one, for the share too: others may have named it before, with a ttl of no use.
     *
     * @param source what is charged for the response
     * @param learn receives the response without the options beyond the responder's share, before it is passed on
     */
    void passOn(
            Response response,
            byte[] encoded,
            ReplySender replies,
            MessagePath path,
            TrafficSource source,
            Consumer<Response> learn) {
        List<GraspOption> permitted = new ArrayList<>();
        List<GraspOption> options = new ArrayList<>();
        long ttl = ResponseLocators.ttl(response, context).toMillis();
        int meaningful = 0;
        int known = 0;
        for (GraspOption received : response.options()) {
            GraspOption option = beyondLink(received).orElse(null);
            if (option == null) {
                permitted.add(received);
                continue;
            }
            meaningful++;
            byte[] digest = digest(MessageEncoder.encode(option));
            if (passedOn.getOrDefault(digest, -1L) >= ttl) {
                known++;
            } else if (LocatorShares.permit(mostLocators, context.shares(), charged, source)) {
                passedOn.put(digest, ttl);
                charged.add(source);
            } else {
                continue;
            }
            permitted.add(received);
            options.add(option);
        }
        boolean all = permitted.size() == response.options().size();
        learn.accept(all ? response : withOptions(response, permitted));
        if (!ReplySender.isUsable(previousHop)) {
            replies.drop(DropReason.NO_SESSION, path);
        } else if (meaningful == 0) {
            replies.drop(DropReason.LINK_LOCAL_RESPONSE, path);
        } else if (known == meaningful) {
            replies.drop(DropReason.DUPLICATE, path);
        } else {
            if (options.size() < meaningful) {
                replies.drop(DropReason.TOO_MANY_LOCATORS, path);
            }
            if (options.size() > known) {
                boolean whole = options.equals(response.options());
                Response rest = whole ? response : withOptions(response, options);
                replies.relay(rest, whole ? encoded : MessageEncoder.encode(rest), previousHop, previousPath);
            }
        }
    }

    /** {@return the option itself if it is short, as that of an address is, otherwise a digest} */
    private static byte[] digest(byte[] option) {
        try {
            return option.length <= DIGEST_BYTES
                    ? option
                    : MessageDigest.getInstance("SHA-256").digest(option);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    /** {@return whether a complete rapid answer can be passed on: there is one at most} */
    boolean awaitsRapidAnswer() {
        return !rapidlyAnswered && ReplySender.isUsable(previousHop);
    }

    /** Passes a complete rapid answer to the previous hop. */
    void passOn(GraspMessage answer, byte[] encoded, ReplySender replies) {
        rapidlyAnswered = true;
        replies.relay(answer, encoded, previousHop, previousPath);
    }

    /** {@return whether this discovery came before another one with the same Session ID} */
    boolean cameBefore(RelayedDiscovery other) {
        return arrival < other.arrival;
    }

    /** Keeps a place until the end. */
    void hold(FairPlaces.Place<RelayedDiscovery> own) {
        place = own;
    }

    MessagePath previousPath() {
        return previousPath;
    }

    MulticastKey key() {
        return key;
    }

    String objective() {
        return objective;
    }

    /** {@return whether the previous hop is on this link} */
    boolean isFrom(Link link) {
        return from != null && from.index() == link.index();
    }

    /** Stops passing on responses. */
    void end() {
        deadline.cancel();
        if (place != null) {
            place.leave();
        }
        sameId.leave();
        ReplySender.end(previousHop);
    }

    private static Response withOptions(Response response, List<GraspOption> options) {
        return new Response(
                response.session(),
                response.initiator(),
                response.ttlMillis(),
                options,
                response.objective(),
                response.extras());
    }

    private Optional<GraspOption> beyondLink(GraspOption option) {
        if (option instanceof GraspOption.LocatorOption direct) {
            return context.locators.isPlaceBeyondLink(direct.locator()) ? Optional.of(option) : Optional.empty();
        }
        if (option instanceof GraspOption.Divert divert) {
            List<Locator> rest = divert.locators().stream()
                    .filter(context.locators::mayDivertTo)
                    .toList();
            List<CborItem> unknown =
                    divert.unknown().stream().filter(this::mayDivertTo).toList();
            return rest.isEmpty() ? Optional.empty() : Optional.of(new GraspOption.Divert(rest, unknown));
        }
        return option instanceof GraspOption.Unknown unknown && !meansSomethingBeyondLink(unknown.raw())
                ? Optional.empty()
                : Optional.of(option);
    }

    /** An inexact option is passed on as received, but only where an exact option with its hosts would be. */
    private boolean meansSomethingBeyondLink(CborItem option) {
        return InexactLocator.isDivert(option)
                ? mayDivertTo(option)
                : InexactLocator.hosts(option).stream().allMatch(context.locators::isPlaceBeyondLink);
    }

    private boolean mayDivertTo(CborItem inexact) {
        return InexactLocator.hosts(inexact).stream().allMatch(context.locators::mayDivertTo);
    }
}
