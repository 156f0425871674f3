package io.grasp.engine;

import io.grasp.engine.SessionInfo.Role;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Link;
import io.grasp.wire.Discovery;
import io.grasp.wire.Response;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Discovery as its initiator (RFC 8990 sections 2.5.4 and 2.8.4, RFC 8991 section 2.3.4). */
final class Discoveries {
    private final EngineContext context;
    private final Registry registry;
    private final DiscoveryCache cache;
    private final Map<SessionKey, DiscoverySession> sessions = new LinkedHashMap<>();

    Discoveries(EngineContext context, Registry registry, DiscoveryCache cache) {
        this.context = context;
        this.registry = registry;
        this.cache = cache;
    }

    /** Tells what is known, and then what answers, until the timeout; with no timeout, what is known. */
    Cancellable discover(
            EngineAsa asa,
            Objective objective,
            Duration timeout,
            @Nullable Duration minimumTtl,
            DiscoveryEvents events) {
        if (minimumTtl != null) {
            cache.purge(objective.name(), minimumTtl);
        }
        List<AsaLocator> known = known(asa, objective.name());
        if (timeout.isZero()) {
            known.forEach(locator -> {
                context.observer.locatorFound(objective.name(), locator);
                events.found(locator);
            });
            events.completed();
            return () -> {};
        }
        SessionId id = context.sessions.begin();
        InetAddress initiator = context.addresses.initiator();
        // Only rapid mode has a value in a discovery (RFC 8990 section 2.5.4.5).
        Discovery message = new Discovery(id, initiator, objective.withValue(ObjectiveValue.NONE));
        List<Multicast> multicasts;
        try {
            multicasts = Multicast.onAllLinks(context, link -> message);
        } catch (GraspException tooLong) {
            context.sessions.end(id);
            throw tooLong;
        }
        SessionKey key = new SessionKey(id, initiator);
        SessionInfo info = new SessionInfo(id, SessionInfo.Kind.DISCOVERY, Role.INITIATOR, objective.name());
        DiscoverySession session = new DiscoverySession(context, asa, info, timeout, events, () -> {
            sessions.remove(key);
            context.sessions.end(id);
        });
        sessions.put(key, session);
        context.sessions.rememberMulticast(id, initiator);
        known.forEach(session::found);
        context.loop.execute(() -> {
            if (sessions.containsKey(key)) { // by now the caller may have had enough of what is known
                multicasts.forEach(multicast -> multicast.send(context, Completion.IGNORED));
            }
        });
        return session;
    }

    /** {@return what can be told without asking: ASAs of this node, then the cache} */
    private List<AsaLocator> known(EngineAsa asa, String objective) {
        List<AsaLocator> known = new ArrayList<>();
        Registration local = registry.find(objective, asa.name(), Registration::isDiscoverable);
        if (local != null) {
            known.add(new AsaLocator(context.addresses.onNode(), "", 0, false, local.options.ttl()));
        }
        known.addAll(cache.get(objective));
        return known;
    }

    /**
     * A response to one of our discoveries.
     *
     * @param link the link it belongs to, or {@code null} if that cannot be told
     * @return whether the discovery is under way
     */
    boolean response(Response response, @Nullable Link link) {
        DiscoverySession session = sessions.get(new SessionKey(response.session(), response.initiator()));
        if (session == null) {
            return false;
        }
        for (AsaLocator found : Learned.from(response, link, context.timeouts)) {
            cache.put(session.objective(), found);
            session.found(found);
        }
        return true;
    }
}
