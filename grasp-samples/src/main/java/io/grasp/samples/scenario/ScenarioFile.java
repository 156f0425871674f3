package io.grasp.samples.scenario;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.grasp.api.GraspConfig;
import io.grasp.config.Limits;
import io.grasp.config.RelayLimits;
import io.grasp.config.RelayRate;
import io.grasp.config.Timeouts;
import io.grasp.simulation.adversary.Adversary;
import io.grasp.simulation.adversary.Attack;
import io.grasp.substrate.sim.LinkConditions;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.substrate.sim.topology.Topology;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The content of a scenario file with one value for each varied parameter. docs/scenarios.md describes the fields.
 *
 * @param title the title of the results
 * @param seed the seed of the first run
 * @param runs how many runs there are for each combination of varied values, with consecutive seeds
 * @param duration how long the workload runs, in the time of the simulation
 * @param topology the text of a topology
 * @param links the kind and the conditions of all links
 * @param node the settings of all nodes
 * @param workloads what ASAs do
 * @param adversaries malicious nodes
 * @param events faults and changes at certain times
 * @param vary lists of values by the JSON pointers of what they replace
 * @param plots the plots of the results
 * @param checkRules whether a run fails if a rule of the protocol is broken
 */
record ScenarioFile(
        @Nullable String title,
        @Nullable Long seed,
        @Nullable Integer runs,
        @JsonProperty(required = true) Duration duration,
        @JsonProperty(required = true) String topology,
        @Nullable Links links,
        @Nullable NodeSettings node,
        @JsonProperty(required = true) List<Entry> workloads,
        @Nullable List<Attacker> adversaries,
        @Nullable List<Event> events,
        @Nullable Map<String, List<JsonNode>> vary,
        @Nullable List<Plot> plots,
        @Nullable Boolean checkRules) {
    private static final int MOST_RUNS = 10_000;

    ScenarioFile {
        require(runs == null || runs >= 1 && runs <= MOST_RUNS, "runs must be 1 to " + MOST_RUNS);
        require(!duration.isZero(), "duration must be above 0");
    }

    static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    private static <T> List<T> orNone(@Nullable List<T> list) {
        return Objects.requireNonNullElse(list, List.of());
    }

    /**
     * {@return the graph of a run}
     *
     * @throws ScenarioException if the text of the topology is not valid
     */
    Topology graph(long ofSeed) {
        try {
            return Topology.parse(topology, ofSeed);
        } catch (IllegalArgumentException e) {
            throw new ScenarioException("/topology", String.valueOf(e.getMessage()));
        }
    }

    long firstSeed() {
        return Objects.requireNonNullElse(seed, 1L);
    }

    int runsOfEach() {
        return Objects.requireNonNullElse(runs, 1);
    }

    Links allLinks() {
        return links == null ? new Links(null, null, null, null, null, null, null, null, null, null) : links;
    }

    List<Attacker> allAdversaries() {
        return orNone(adversaries);
    }

    List<Event> allEvents() {
        return orNone(events);
    }

    List<Plot> allPlots() {
        return orNone(plots);
    }

    boolean checksRules() {
        return Boolean.TRUE.equals(checkRules);
    }

    /** {@return the settings of each node} */
    GraspConfig nodeConfig() {
        GraspConfig config = GraspConfig.defaults();
        return node == null ? config : node.apply(config);
    }

    /** The kind of the links and their conditions; see {@link LinkConditions}. */
    record Links(
            @Nullable String kind,
            @Nullable Duration delay,
            @Nullable Duration jitter,
            @Nullable Long bandwidth,
            @Nullable Integer queueBytes,
            @Nullable Integer mtu,
            @Nullable Double loss,
            @Nullable Double duplication,
            @Nullable Double reordering,
            @Nullable Double corruption) {
        Links {
            require(
                    kind == null || kind.equals("datagram") || kind.equals("stream"),
                    "kind must be \"datagram\" or \"stream\"");
            conditions(
                    LinkConditions.PERFECT,
                    delay,
                    jitter,
                    bandwidth,
                    queueBytes,
                    mtu,
                    loss,
                    duplication,
                    reordering,
                    corruption);
        }

        LinkKind linkKind() {
            return "stream".equals(kind) ? LinkKind.STREAM : LinkKind.DATAGRAM;
        }

        /** {@return conditions, changed by these} */
        LinkConditions over(LinkConditions before) {
            return conditions(
                    before, delay, jitter, bandwidth, queueBytes, mtu, loss, duplication, reordering, corruption);
        }

        private static LinkConditions conditions(
                LinkConditions before,
                @Nullable Duration delay,
                @Nullable Duration jitter,
                @Nullable Long bandwidth,
                @Nullable Integer queueBytes,
                @Nullable Integer mtu,
                @Nullable Double loss,
                @Nullable Double duplication,
                @Nullable Double reordering,
                @Nullable Double corruption) {
            return new LinkConditions(
                    Objects.requireNonNullElse(delay, before.delay()),
                    Objects.requireNonNullElse(jitter, before.jitter()),
                    Objects.requireNonNullElse(bandwidth, before.bandwidth()),
                    Objects.requireNonNullElse(queueBytes, before.queueBytes()),
                    Objects.requireNonNullElse(mtu, before.mtu()),
                    Objects.requireNonNullElse(loss, before.loss()),
                    Objects.requireNonNullElse(duplication, before.duplication()),
                    Objects.requireNonNullElse(reordering, before.reordering()),
                    Objects.requireNonNullElse(corruption, before.corruption()));
        }
    }

    /**
     * The settings of nodes that differ from the defaults.
     *
     * @param relay the bounds of relaying
     * @param limits values by the names of {@link Limits}
     * @param timeouts values by the names of {@link Timeouts}
     */
    record NodeSettings(
            @Nullable Relay relay,
            @Nullable Map<String, Integer> limits,
            @Nullable Map<String, Duration> timeouts) {
        NodeSettings {
            apply(GraspConfig.defaults(), relay, limits, timeouts);
        }

        GraspConfig apply(GraspConfig before) {
            return apply(before, relay, limits, timeouts);
        }

        private static GraspConfig apply(
                GraspConfig before,
                @Nullable Relay relay,
                @Nullable Map<String, Integer> limits,
                @Nullable Map<String, Duration> timeouts) {
            GraspConfig config = before;
            if (relay != null) {
                config = config.withRelayLimits(relay.over(RelayLimits.DEFAULTS));
            }
            if (limits != null) {
                Limits changed = Limits.DEFAULTS;
                for (Map.Entry<String, Integer> each : limits.entrySet()) {
                    changed = with(changed, Limits.class, each.getKey(), int.class, each.getValue());
                }
                config = config.withLimits(changed);
            }
            if (timeouts != null) {
                Timeouts changed = Timeouts.DEFAULTS;
                for (Map.Entry<String, Duration> each : timeouts.entrySet()) {
                    changed = with(changed, Timeouts.class, each.getKey(), Duration.class, each.getValue());
                }
                config = config.withTimeouts(changed);
            }
            return config;
        }

        /** Calls the method {@code with<Name>} of the settings. */
        private static <T> T with(T settings, Class<T> type, String name, Class<?> parameter, Object value) {
            try {
                require(!name.isEmpty(), "a setting without a name");
                String method = "with" + name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
                Method change = type.getMethod(method, parameter);
                return type.cast(change.invoke(settings, value));
            } catch (NoSuchMethodException e) {
                throw new IllegalArgumentException(
                        "there is no " + type.getSimpleName() + " setting \"" + name + "\"", e);
            } catch (InvocationTargetException e) {
                throw new IllegalArgumentException(
                        e.getCause() == null ? name : e.getCause().getMessage(), e);
            } catch (IllegalAccessException e) {
                throw new IllegalStateException("the methods of settings are public", e);
            }
        }
    }

    /** The bounds of relaying; see {@link RelayLimits}. */
    record Relay(
            @Nullable Integer discoveriesPerSecond,
            @Nullable Integer discoveryBurst,
            @Nullable Integer floodsPerSecond,
            @Nullable Integer floodBurst,
            @Nullable Integer linkPercent,
            @Nullable Integer sessions,
            @Nullable Integer waiting) {
        RelayLimits over(RelayLimits before) {
            return new RelayLimits(
                    rate(before.discoveries(), discoveriesPerSecond, discoveryBurst),
                    rate(before.floods(), floodsPerSecond, floodBurst),
                    Objects.requireNonNullElse(linkPercent, before.linkPercent()),
                    Objects.requireNonNullElse(sessions, before.sessions()),
                    Objects.requireNonNullElse(waiting, before.waiting()));
        }

        private static RelayRate rate(RelayRate before, @Nullable Integer perSecond, @Nullable Integer burst) {
            return new RelayRate(
                    Objects.requireNonNullElse(perSecond, before.perSecond()),
                    Objects.requireNonNullElse(burst, before.burst()));
        }
    }

    /**
     * What ASAs do on some nodes.
     *
     * @param name the name of the entry in the results, and of its ASAs
     * @param run a built-in workload, or the name of a class
     * @param nodes the number of nodes, which the seed chooses, or their names; absent for all
     * @param settings what the workload knows
     */
    record Entry(
            @JsonProperty(required = true) String name,
            @JsonProperty(required = true) String run,
            @Nullable JsonNode nodes,
            @Nullable JsonNode settings) {
        Entry {
            require(!name.isBlank(), "a name must not be blank");
        }
    }

    /**
     * A malicious node.
     *
     * @param name its name
     * @param on the nodes with which it shares links, one with each
     * @param attacks the messages per second of each kind of attack
     * @param start when it begins
     * @param stop when it ends; absent for the end of the run
     * @param forged the share of messages with forged sources
     * @param addresses the number of addresses from which it attacks on its links
     * @param objectives the names of the objectives that it attacks
     */
    record Attacker(
            @JsonProperty(required = true) String name,
            @JsonProperty(required = true) List<String> on,
            @JsonProperty(required = true) Map<Attack, Integer> attacks,
            @Nullable Duration start,
            @Nullable Duration stop,
            @Nullable Double forged,
            @Nullable Integer addresses,
            @Nullable List<String> objectives) {
        Attacker {
            require(!on.isEmpty(), "on must name at least one node");
            require(!attacks.isEmpty(), "attacks must not be empty");
            adversary(attacks, forged, addresses, objectives);
        }

        Adversary adversary() {
            return adversary(attacks, forged, addresses, objectives);
        }

        private static Adversary adversary(
                Map<Attack, Integer> attacks,
                @Nullable Double forged,
                @Nullable Integer addresses,
                @Nullable List<String> objectives) {
            Adversary adversary = null;
            for (Map.Entry<Attack, Integer> each : attacks.entrySet()) {
                adversary = adversary == null
                        ? Adversary.of(each.getKey(), each.getValue())
                        : adversary.and(each.getKey(), each.getValue());
            }
            Adversary known = Objects.requireNonNull(adversary);
            known = forged == null ? known : known.withForgedSources(forged);
            known = addresses == null ? known : known.withAddressesOnLink(addresses);
            return objectives == null ? known : known.withObjectives(objectives.toArray(String[]::new));
        }
    }

    /**
     * Something that happens at a time. Exactly one of {@code down}, {@code crash}, {@code suspend}, {@code partition}
     * and {@code conditions} is given.
     *
     * @param at when it happens
     * @param lasts how long it lasts; absent for ever
     * @param down the name of a link that goes down
     * @param crash the name of a node that crashes, and starts again afterwards
     * @param suspend the name of a node that sleeps
     * @param partition groups of nodes between which nothing passes; all other nodes are one more group
     * @param conditions other conditions of all links
     */
    record Event(
            @JsonProperty(required = true) Duration at,
            @JsonProperty("for") @Nullable Duration lasts,
            @Nullable String down,
            @Nullable String crash,
            @Nullable String suspend,
            @Nullable List<List<String>> partition,
            @Nullable Links conditions) {
        Event {
            int kinds = 0;
            for (Object kind : new @Nullable Object[] {down, crash, suspend, partition, conditions}) {
                kinds += kind == null ? 0 : 1;
            }
            require(kinds == 1, "an event has exactly one of down, crash, suspend, partition and conditions");
        }
    }

    /**
     * A plot.
     *
     * @param file the name of the file, which ends in .svg
     * @param title its title
     * @param x the column on the horizontal axis
     * @param y the columns of the curves
     * @param by a column whose values have a curve each
     * @param xLabel the text at the horizontal axis
     * @param yLabel the text at the vertical axis
     * @param logX whether the horizontal axis is logarithmic
     * @param logY whether the vertical axis is logarithmic
     */
    record Plot(
            @JsonProperty(required = true) String file,
            @Nullable String title,
            @JsonProperty(required = true) String x,
            @JsonProperty(required = true) List<String> y,
            @Nullable String by,
            @Nullable String xLabel,
            @Nullable String yLabel,
            @Nullable Boolean logX,
            @Nullable Boolean logY) {
        Plot {
            require(file.matches("[A-Za-z0-9_.-]+\\.svg"), "file must be a name that ends in .svg, in no directory");
            require(!y.isEmpty(), "y must name at least one column");
        }
    }
}
