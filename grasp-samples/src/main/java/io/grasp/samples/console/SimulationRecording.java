package io.grasp.samples.console;

import io.grasp.samples.control.JsonWriter;
import io.grasp.simulation.chaos.ChaosResult;
import io.grasp.simulation.chaos.ChaosWorkload;
import io.grasp.simulation.chaos.Fault;
import io.grasp.substrate.sim.SimLink;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import io.grasp.util.AddressText;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Records a run, and makes a page that shows it: one HTML file, which needs no other. It has up to
 * {@value #MOST_EVENTS} events in {@value #MOST_MEGABYTES} MB; when they are used up, the page says at what time the
 * recording ends.
 */
public final class SimulationRecording {
    /** The most nodes that a page shows. */
    public static final int MOST_NODES = 200;

    /** The most events that a page has. */
    public static final int MOST_EVENTS = 60_000;

    private static final int MOST_MEGABYTES = 24;
    private static final int BYTES = 1_000_000;

    private final RecordedEvents events;
    private final SimulationRecorder recorder;

    /** A recording of the usual size. */
    public SimulationRecording() {
        this(MOST_EVENTS);
    }

    SimulationRecording(int mostEvents) {
        events = new RecordedEvents(mostEvents, (long) MOST_MEGABYTES * BYTES);
        recorder = new SimulationRecorder(events);
    }

    /**
     * Has a run recorded.
     *
     * @param workload the workload of one run
     * @return a workload that does the same
     */
    public ChaosWorkload of(ChaosWorkload workload) {
        return recorder.recording(workload);
    }

    /** {@return the number of recorded events} */
    public int size() {
        return events.size();
    }

    /**
     * Makes the page.
     *
     * @param result the result of the run
     * @param command the command that repeats it
     * @return the document
     */
    public String page(ChaosResult result, String command) {
        SimNetwork network = recorder.network();
        String title = "GRASP simulation, seed " + result.config().seed();
        List<List<String>> facts = facts(result, command);
        Duration end = events.cut() == null ? result.virtualTime() : events.last();
        String head = new String(
                JsonWriter.object(json -> json.text("title", title)
                        .text("cut", events.cut())
                        .millis("end", end)
                        .objects(
                                "facts",
                                facts,
                                (fact, pair) -> fact.text("name", pair.get(0)).text("value", pair.get(1)))
                        .objects("nodes", network.nodes(), this::node)
                        .objects(
                                "links",
                                network.links(),
                                (link, of) -> link.text("name", of.name()).texts("nodes", names(of)))),
                StandardCharsets.UTF_8);
        return RecordingPage.of(head.substring(0, head.length() - 1) + ",\"events\":[" + events.elements() + "]}");
    }

    private void node(JsonWriter json, SimNode node) {
        json.text("name", node.name())
                .flag("adversary", !recorder.isGrasp(node.name()))
                .texts(
                        "addresses",
                        node.addresses().stream()
                                .map(AddressText::of)
                                .distinct()
                                .toList());
    }

    private static List<String> names(SimLink link) {
        return link.nodes().stream().map(SimNode::name).toList();
    }

    private List<List<String>> facts(ChaosResult result, String command) {
        return Stream.concat(
                        Stream.of(
                                List.of("Command", command),
                                List.of("Network", result.topology()),
                                List.of("Faults", Fault.text(result.faults())),
                                List.of("Faults injected", Long.toString(result.injected())),
                                List.of("Result", result.passed() ? "every rule held" : "rules were violated"),
                                List.of("Events", Integer.toString(events.size())),
                                List.of("Hash of the trace", result.hash())),
                        result.complaints().stream().map(complaint -> List.of("Violation", complaint)))
                .toList();
    }
}
