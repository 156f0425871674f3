package io.grasp.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.TypedAsa;
import io.grasp.api.TypedOutcome;
import io.grasp.config.Dull;
import io.grasp.config.RapidMode;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.AcpNodeName;
import io.grasp.model.FloodedObjective;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.Security;
import io.grasp.model.TaggedObjective;
import io.grasp.model.TypedObjective;
import io.grasp.substrate.sim.LinkConditions;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.substrate.sim.SimEvent;
import io.grasp.substrate.sim.SimNode;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Each trace in docs/concepts.md is that of a run here. */
class ConceptsTest {
    private static final TypedObjective<String> NAME = TypedObjective.synchronizable("EX2", String.class);
    private static final TypedObjective<Integer> RATE = TypedObjective.negotiable("EX3", Integer.class);
    private static final Objective LOG_SERVER = Objective.synchronizable("EX1");
    private static final LinkConditions CABLE = LinkConditions.PERFECT.withDelay(Duration.ofMillis(5));
    private static final Duration DISCOVERY = Duration.ofMillis(600);
    private static final Duration DAY = Duration.ofDays(1);

    /** The kinds of events that carry a message of GRASP, or would have. */
    private static final Set<SimEvent.Kind> MESSAGES =
            Set.of(SimEvent.Kind.DELIVERED, SimEvent.Kind.DATA, SimEvent.Kind.UNREACHED);

    @Test
    void oneNodeAnswersForItsAsas() throws IOException {
        assertShown("Node and ASA", run -> {
            run.link("lan", CABLE, "edge", "core");
            Grasp core = run.start("core");
            lendRates(run, core, RegistrationOptions.DEFAULTS);
            serveTheName(run, core);
            Grasp edge = run.start("edge");

            run.awaitAll(run.await(edge.registerAsa("a")).discover(RATE.objective(), DISCOVERY));
            run.awaitAll(run.await(edge.registerAsa("b")).discover(NAME.objective(), DISCOVERY));
        });
    }

    @Test
    void anObjectiveIsReadFromAPeer() throws IOException {
        assertShown("Objective", run -> {
            run.link("lan", CABLE, "edge", "core");
            serveTheName(run, run.start("core"));
            Asa reader = run.await(run.start("edge").registerAsa("reader"));

            assertThat(run.await(reader.typed(NAME).synchronize())).isEqualTo("example.net");
        });
    }

    @Test
    void aPeerIsDiscovered() throws IOException {
        assertShown("Discovery", run -> {
            run.link("lan", CABLE, "edge", "core", "spare");
            lendRates(run, run.start("core"), RegistrationOptions.DEFAULTS);
            run.start("spare");

            discoverFrom(run, run.start("edge"));
        });
    }

    @Test
    void twoAsasBargain() throws IOException {
        assertShown("Negotiation", run -> {
            run.link("lan", CABLE, "edge", "core");
            lendRates(run, run.start("core"), RegistrationOptions.DEFAULTS);

            assertThat(borrow(run, run.start("edge"), RATE).agreed()).contains(75);
        });
    }

    @Test
    void aDryRunHasItsFlagInEachMessage() throws IOException {
        assertShown("Dry run", run -> {
            run.link("lan", CABLE, "edge", "core");
            lendRates(run, run.start("core"), RegistrationOptions.DEFAULTS);

            assertThat(borrow(run, run.start("edge"), RATE.withDryRun(true)).agreed())
                    .contains(75);
        });
    }

    @Test
    void aRelayPassesADiscoveryOn() throws IOException {
        assertShown("Relay", run -> {
            run.link("west", CABLE, "edge", "agg");
            run.link("east", CABLE, "agg", "core");
            lendRates(run, run.start("core"), RegistrationOptions.DEFAULTS);
            run.start("agg");

            discoverFrom(run, run.start("edge"));
        });
    }

    @Test
    void aNodeDivertsToAPeerThatItKnows() throws IOException {
        assertShown("Divert", run -> {
            run.link("west", CABLE, "edge", "agg");
            run.link("east", CABLE, "agg", "core");
            lendRates(run, run.start("core"), RegistrationOptions.DEFAULTS);
            discoverFrom(run, run.start("agg"));

            discoverFrom(run, run.start("edge"));
        });
    }

    @Test
    void aFloodReachesEveryNode() throws IOException {
        assertShown("Flood", run -> {
            run.link("west", CABLE, "edge", "agg");
            run.link("east", CABLE, "agg", "core");
            run.start("agg");
            Asa reader = run.await(run.start("edge").registerAsa("reader"));
            Asa names = run.await(run.start("core").registerAsa("names"));
            run.awaitAll(names.register(NAME.objective()));

            run.awaitAll(names.flood(NAME.withValue("example.net"), DAY));
            run.advance(Duration.ofSeconds(1));

            assertThat(run.awaitAll(reader.getFlood("EX2")))
                    .singleElement()
                    .satisfies(
                            copy -> assertThat(NAME.valueOf(copy.objective())).isEqualTo("example.net"));
        });
    }

    @Test
    void copiesWithDifferentTagsAreKept() throws IOException {
        assertShown("Tag", run -> {
            run.link("lan", CABLE, "edge", "core", "spare");
            Asa reader = run.await(run.start("edge").registerAsa("reader"));
            for (String name : List.of("core", "spare")) {
                Grasp node = run.start(name);
                Asa logger = run.await(node.registerAsa("logger"));
                run.awaitAll(logger.register(LOG_SERVER));
                InetAddress address =
                        run.await(node.locators()).links().get(0).locator().address();
                Locator here = Locator.of(address, Locator.UDP, 514);
                run.awaitAll(logger.flood(List.of(new TaggedObjective(LOG_SERVER.withValue("syslog"), here)), DAY));
            }
            run.advance(Duration.ofSeconds(1));

            assertThat(run.awaitAll(reader.getFlood("EX1"))).hasSize(2);
        });
    }

    @Test
    void aRapidDiscoveryIsAlsoTheRequest() throws IOException {
        assertShown("Rapid mode", run -> {
            run.link("lan", CABLE, "edge", "core");
            lendRates(run, run.start("core"), RegistrationOptions.DEFAULTS.withRapid(RapidMode.SESSION));
            Asa borrower = run.await(run.start("edge").registerAsa("borrower"));
            TypedAsa<Integer> rate = run.await(borrower.typed(RATE).register());

            TypedOutcome<Integer> outcome =
                    run.await(rate.rapid().negotiate(100, offers -> offers.map(offer -> offer.accept())));

            assertThat(outcome.agreed()).contains(50);
        });
    }

    @Test
    void unprotectedNeighborsMeet() throws IOException {
        assertShown("DULL", run -> {
            run.link("cable", CABLE, "edge", "agg");
            Objective channel = new Objective("AN_ACP", Objective.F_SYNCH, 1, ObjectiveValue.NONE);
            List<Asa> instances = new ArrayList<>();
            for (String name : List.of("edge", "agg")) {
                run.network().node(name).setSecurity(Security.NONE);
                Grasp instance =
                        run.await(run.simulation().start(name, node -> node.withDull(Dull.allowing("AN_ACP"))));
                instances.add(run.await(instance.registerAsa("acp")));
            }
            for (Asa asa : instances) {
                run.awaitAll(asa.register(channel));
                run.awaitAll(asa.flood(
                        List.of(new TaggedObjective(channel.withValue("IKEv2"), Locator.udp("::", 500))),
                        Duration.ofMillis(210_000)));
            }
            run.advance(Duration.ofSeconds(1));

            List<FloodedObjective> neighbors = run.awaitAll(instances.get(0).getFlood("AN_ACP"));
            assertThat(neighbors)
                    .anySatisfy(neighbor -> assertThat(neighbor.link()).isEqualTo("cable"));
        });
    }

    @Test
    void onlyMembersAreHeardInAProtectedNetwork() throws IOException {
        assertShown("ACP", run -> {
            SimNode edge = run.network().node("edge");
            SimNode core = run.network().node("core");
            SimNode stranger = run.network().node("stranger");
            edge.setIdentity(AcpNodeName.parse("fd89b714f3db00000200000064000001@acp.example.com"));
            core.setIdentity(AcpNodeName.parse("fd89b714f3db00000200000064000002@acp.example.com"));
            stranger.setIdentity(AcpNodeName.parse("fd89b714f3db00000200000064000003@elsewhere.example"));
            run.network().link("acp", LinkKind.SECURED_STREAM, CABLE, edge, core, stranger);
            lendRates(run, run.start("core"), RegistrationOptions.DEFAULTS);
            Grasp outsider = run.start("stranger");
            discoverFrom(run, run.start("edge"));

            discoverFrom(run, outsider);
        });
    }

    /** Offers half of the requested rate, and agrees to three quarters. */
    private static void lendRates(SimulationRunner run, Grasp node, RegistrationOptions options) {
        TypedAsa<Integer> rate =
                run.await(run.await(node.registerAsa("rates")).typed(RATE).register(options));
        run.inBackground(rate.listenNegotiate(borrower -> borrower.converse(offers ->
                offers.map(asked -> asked.value() <= 75 ? asked.accept() : asked.propose(asked.value() / 2)))));
    }

    private static TypedOutcome<Integer> borrow(SimulationRunner run, Grasp node, TypedObjective<Integer> objective) {
        TypedAsa<Integer> rate = run.await(
                run.await(node.registerAsa("borrower")).typed(objective).register());
        return run.await(rate.negotiate(
                100, offers -> offers.map(offer -> offer.value() >= 75 ? offer.accept() : offer.propose(75))));
    }

    private static void serveTheName(SimulationRunner run, Grasp node) {
        TypedAsa<String> name =
                run.await(run.await(node.registerAsa("names")).typed(NAME).register());
        run.await(name.listenSynchronize("example.net"));
    }

    private static void discoverFrom(SimulationRunner run, Grasp node) {
        run.awaitAll(run.await(node.registerAsa("seeker")).discover(RATE.objective(), DISCOVERY));
    }

    private static void assertShown(String section, Scenario scenario) throws IOException {
        List<String> trace = new ArrayList<>();
        SimulationRunner.verify(1, run -> {
            scenario.play(run);
            run.advance(Duration.ofSeconds(1));
            trace.addAll(messages(run));
        });

        assertThat(traceIn(section)).isEqualTo(String.join("\n", trace));
    }

    /** The messages between nodes as the trace prints them, without microseconds and kind. */
    private static List<String> messages(SimulationRunner run) {
        List<SimEvent> events = run.simulation().trace().events();
        List<String> lines = run.simulation().trace().lines();
        List<String> messages = new ArrayList<>();
        for (int i = 0; i < events.size(); i++) {
            SimEvent event = events.get(i);
            if (MESSAGES.contains(event.kind())
                    && event.bytes().length > 0
                    && !event.from().equals(event.to())) {
                messages.add(lines.get(i).strip().replaceFirst("(\\.\\d{3})\\d{6}  \\w+ +", "$1  "));
            }
        }
        return messages;
    }

    /** The trace in a section of the page: its block of text. */
    private static String traceIn(String section) throws IOException {
        String page = Files.readString(Path.of("../docs/concepts.md"));
        int heading = page.indexOf("\n## " + section + "\n");
        assertThat(heading).as("the section " + section).isNotNegative();
        int begin = page.indexOf("```text\n", heading) + "```text\n".length();
        return page.substring(begin, page.indexOf("\n```", begin));
    }
}
