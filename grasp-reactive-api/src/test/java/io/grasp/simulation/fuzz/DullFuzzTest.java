package io.grasp.simulation.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.grasp.config.Dull;
import io.grasp.config.EngineConfig;
import io.grasp.config.RegistrationOptions;
import io.grasp.engine.EngineAsa;
import io.grasp.model.FloodedObjective;
import io.grasp.model.LinkInfo;
import io.grasp.model.Locator;
import io.grasp.model.MessageInfo;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.observe.SessionInfo;
import io.grasp.wire.Discovery;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspOption;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.Response;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A DULL instance and any script: it sends only discoveries, floods and responses on its one link, with loop count 1 and
 * link-local addresses, accepts only floods of neighbors about its objectives, and still hears an honest neighbor
 * (RFC 8990 section 2.5.2).
 */
class DullFuzzTest {
    private static final Set<String> ALLOWED = Set.of("EX2", "EX3", "EX4", "EX6");
    private static final int VALUE = 4711;

    @MethodSource("seeds")
    @FuzzTest // must follow the argument source, otherwise Jazzer refuses to fuzz
    void staysOnItsLink(byte[] script) {
        new EngineScript(script, new DullInstance()).run();
    }

    static Stream<byte[]> seeds() {
        return ScriptSeeds.all(ScriptedMessages.UNSOLICITED, 6);
    }

    private static final class DullInstance implements EngineScript.Target {
        private static final Objective ALIVE = Objective.synchronizable("EX6").withLoopCount(1);

        @Override
        public int[] types() {
            return ScriptedMessages.UNSOLICITED;
        }

        @Override
        public Objective usual(Objective objective) {
            return objective.withLoopCount(1);
        }

        @Override
        public EngineConfig config(EngineConfig config) {
            return config.withDull(new Dull(ALLOWED));
        }

        @Override
        public void serve(EngineAsa alive) {
            alive.register(ALIVE, RegistrationOptions.DEFAULTS.withDiscoverable(true));
        }

        @Override
        public void requireServed(EngineScript run) {
            run.requireDiscovered(ALIVE, true);
            Objective flooded = ALIVE.withValue(VALUE);
            run.honestly(MessageEncoder.encode(new Flood(
                    new SessionId(VALUE), run.honestAddress(), 1000, List.of(TaggedObjective.untagged(flooded)))));
            boolean heard = run.heard(ALIVE).stream()
                    .map(FloodedObjective::objective)
                    .anyMatch(objective -> objective.value().equals(flooded.value()));
            run.require(heard, "the flood of the honest neighbor was not heard");
        }

        @Override
        public GraspObserver observer(Consumer<String> violated) {
            Set<String> links = new TreeSet<>();
            return new GraspObserver() {
                @Override
                public void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {
                    if (!isAllowed(message)) {
                        violated.accept("a DULL instance sent " + message);
                    }
                    if (path.kind() == MessagePath.Kind.LINK && !links.contains(path.link())) {
                        violated.accept("a DULL instance sent on " + path.link());
                    }
                }

                @Override
                public void linkUp(LinkInfo link) {
                    links.add(link.name());
                    if (links.size() > 1) {
                        violated.accept("a DULL instance uses " + links);
                    }
                }

                @Override
                public void linkDown(LinkInfo link) {
                    links.remove(link.name());
                }

                @Override
                public void floodProcessed(MessageInfo flood, MessagePath path) {
                    if (path.peer() == null || !path.peer().getAddress().isLinkLocalAddress()) {
                        violated.accept("a DULL instance accepted a flood from " + path);
                    }
                    if (!((Flood) flood)
                            .objectives().stream()
                                    .allMatch(tagged ->
                                            ALLOWED.contains(tagged.objective().name()))) {
                        violated.accept("a DULL instance accepted " + flood);
                    }
                    if (((Flood) flood).first().loopCount() != 1) {
                        violated.accept("a DULL instance accepted loop count 1 only, but now " + flood);
                    }
                }

                @Override
                public void relayed(MessageInfo message, MessagePath path) {
                    violated.accept("a DULL instance relayed " + message);
                }

                @Override
                public void sessionStarted(SessionInfo session) {
                    if (session.kind() != SessionInfo.Kind.DISCOVERY || session.role() != SessionInfo.Role.INITIATOR) {
                        violated.accept("a DULL instance began " + session);
                    }
                }
            };
        }

        private static boolean isAllowed(MessageInfo message) {
            if (message instanceof Discovery discovery) {
                return isLinkLocal(discovery.initiator()) && isAllowed(discovery.objective());
            } else if (message instanceof Flood flood) {
                return isLinkLocal(flood.initiator())
                        && flood.objectives().stream()
                                .allMatch(tagged -> isAllowed(tagged.objective()) && isLinkLocal(tagged.locator()));
            }
            return message instanceof Response response
                    && response.options().stream()
                            .allMatch(option -> option instanceof GraspOption.LocatorOption locator
                                    && isLinkLocal(locator.locator()));
        }

        private static boolean isAllowed(Objective objective) {
            return ALLOWED.contains(objective.name()) && objective.loopCount() == 1;
        }

        private static boolean isLinkLocal(@Nullable Locator locator) {
            return locator == null || locator.isLinkLocal();
        }

        private static boolean isLinkLocal(InetAddress address) {
            return address.isLinkLocalAddress();
        }
    }
}
