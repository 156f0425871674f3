package io.grasp.engine.discovery;

import io.grasp.engine.channel.ChannelSession;
import io.grasp.engine.channel.MessageChannel;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.engine.node.EngineContext;
import io.grasp.engine.node.Session;
import io.grasp.engine.registry.RegisteredAsa;
import io.grasp.inspection.SessionEntry;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.observe.DropReason;
import io.grasp.observe.MessagePath;
import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionOutcome;
import io.grasp.substrate.Link;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A discovery that this node began: it collects locators until its timeout.
 *
 * <pre>
 *   M_DISCOVERY --> COLLECTING ---+ M_RESPONSE: new locators are reported
 *                     |      ^----+
 *                     +-- timeout, enough found, the only peer has nothing more to say: completed --> ENDED
 *                     +-- connection to the only peer fails: failed --------------------------------> ENDED
 * </pre>
 */
final class DiscoverySession extends Session {
    private static final ChannelSession.Codes CODES = new ChannelSession.Codes(
            GraspErrorCode.NO_DISCOVERY_REPLY, GraspErrorCode.NO_DISCOVERY_REPLY, GraspErrorCode.NO_DISCOVERY_REPLY);

    private final int loopCount;
    private final DiscoveryEvents events;
    private final Collection<Link> links;
    private final Runnable release;
    /** The admitted locators, and the sources of the responses that had them. */
    private final Map<DiscoveryCache.Place, TrafficSource> seen = new HashMap<>();

    private @Nullable DiscoveryTries tries;
    private Predicate<AsaLocator> isUsable = locator -> false;

    /** @param links the links on which responders may be */
    DiscoverySession(
            EngineContext context,
            RegisteredAsa asa,
            SessionInfo info,
            int loopCount,
            Duration timeout,
            DiscoveryEvents events,
            Collection<Link> links,
            Runnable release) {
        super(context, asa, info);
        this.loopCount = loopCount;
        this.events = events;
        this.links = links;
        this.release = release;
        deadline.arm(timeout); // ends the collection of responses
        started();
    }

    String objective() {
        return info().objective();
    }

    @Override
    protected Inspected inspected() {
        return new Inspected(
                SessionEntry.State.COLLECTING,
                SessionEntry.Awaited.RESPONSES,
                context.addresses.initiator(),
                Optional.empty(),
                loopCount,
                seen.size());
    }

    /** Reports a known locator. */
    void known(AsaLocator locator) {
        if (!hasSeen(locator) && admit(locator, TrafficSource.ofThisNode(), MessagePath.LOOPBACK)) {
            found(locator);
        }
    }

    /** {@return whether a locator has been admitted before} */
    boolean hasSeen(AsaLocator locator) {
        return seen.containsKey(DiscoveryCache.Place.of(locator));
    }

    /**
     * {@return whether a new locator is within the share of its source} If not, it is counted as dropped.
     *
     * @param source what is charged for the response
     * @param path where the response came from
     */
    boolean admit(AsaLocator locator, TrafficSource source, MessagePath path) {
        Set<Integer> shares = links.stream().map(Link::share).collect(Collectors.toSet());
        boolean permitted = LocatorShares.permit(context.limits.locators(), shares, seen.values(), source);
        if (permitted) {
            seen.put(DiscoveryCache.Place.of(locator), source);
        } else {
            context.drop(DropReason.TOO_MANY_LOCATORS, path);
        }
        return permitted;
    }

    /** Reports that a source has named a locator that has been admitted. */
    void named(AsaLocator locator, TrafficSource source) {
        if (!isEnded()) {
            events.named(locator, source);
        }
    }

    /** Reports a locator that has been admitted. */
    void found(AsaLocator locator) {
        if (!isEnded()) {
            context.observer().locatorFound(objective(), locator);
            events.found(locator);
        }
    }

    /** Makes this a search for a peer. */
    void searches(DiscoveryTries newTries, Predicate<AsaLocator> newIsUsable) {
        tries = newTries;
        isUsable = newIsUsable;
    }

    /** A response has arrived. A response without a locator does not count. */
    void answered(List<AsaLocator> places) {
        if (tries != null && !isEnded() && !places.isEmpty()) {
            tries.answered(places.stream().anyMatch(isUsable));
        }
    }

    void complete() {
        if (finish(seen.isEmpty() ? SessionOutcome.UNANSWERED : SessionOutcome.COMPLETED, null)) {
            events.completed();
        }
    }

    /** The answer of the only peer that was asked is not a GRASP message. */
    void malformed(Exception what) {
        fail(ChannelSession.malformed(what));
    }

    /** The connection to the only peer that was asked is closed. */
    void closed(MessageChannel channel, @Nullable Throwable failure) {
        if (failure == null) {
            complete();
        } else {
            fail(CODES.closed(channel, failure));
        }
    }

    @Override
    protected void timedOut() {
        complete();
    }

    @Override
    protected void release(SessionOutcome outcome) {
        if (tries != null) {
            tries.end();
        }
        release.run();
    }

    @Override
    protected void failed(GraspException failure) {
        events.failed(failure);
    }
}
