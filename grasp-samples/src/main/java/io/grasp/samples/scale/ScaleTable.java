package io.grasp.samples.scale;

import io.grasp.samples.plot.LinePlot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The measurements on many networks as a table and as plots over the number of nodes. */
public final class ScaleTable {
    private static final String HEADER = "graph,nodes,links,mostLinks,diameterAtLeast,heapBytesPerNode,"
            + "usedHeapBytesPerNode,seconds,floodLoopCount,floodMillis,floodMessagesPerLink,floodMostOnALink,"
            + "floodSeconds,reachedByDefaultLoopCount,discoveryLoopCount,discoveryMillis,discoveryMessagesPerLink,"
            + "discoveryResponses,discoverySeconds,dropped";
    private static final double PERCENT = 100.0;

    private final List<ScaleResult> results = new ArrayList<>();

    /** A table without rows. */
    public ScaleTable() {}

    /** Adds the measurements on a network. */
    public void add(ScaleResult result) {
        results.add(result);
    }

    /** {@return the table as CSV, with a header} */
    public String csv() {
        StringBuilder csv = new StringBuilder(HEADER).append("\n");
        for (ScaleResult result : results) {
            ScaleResult.Wave flood = result.flood();
            ScaleResult.Search search = result.wideDiscovery();
            csv.append(String.format(
                            Locale.ROOT,
                            "%s,%d,%d,%d,%d,%d,%d,%.1f,%d,%.0f,%.3f,%d,%.1f,%d,%d,%.0f,%.3f,%d,%.1f,%d",
                            result.graph(),
                            result.nodes(),
                            result.links(),
                            result.mostLinks(),
                            result.diameter(),
                            result.heapBytesPerNode(),
                            result.usedHeapBytesPerNode(),
                            result.seconds(),
                            flood.loopCount(),
                            flood.virtualMillis(),
                            flood.messagesPerLink(),
                            flood.mostOnALink(),
                            flood.wallSeconds(),
                            result.nearFlood().reached(),
                            search.loopCount(),
                            millis(search),
                            search.messagesPerLink(),
                            search.responses(),
                            search.wallSeconds(),
                            result.drops().values().stream()
                                    .mapToInt(Integer::intValue)
                                    .sum()))
                    .append("\n");
        }
        return csv.toString();
    }

    private static double millis(ScaleResult.Search search) {
        @Nullable Double millis = search.virtualMillis();
        return millis == null ? 0 : millis;
    }

    /** {@return the plots, as SVG documents by file name} */
    public Map<String, String> plots() {
        Map<String, String> plots = new LinkedHashMap<>();
        plots.put(
                "scale-time.svg",
                plot(
                        "Time until a flood has reached all nodes, 5 ms a hop",
                        "ms of virtual time",
                        false,
                        result -> result.flood().virtualMillis()));
        plots.put(
                "scale-messages.svg",
                plot(
                        "M_FLOOD messages on a link, for one flood",
                        "messages",
                        false,
                        result -> result.flood().messagesPerLink()));
        plots.put(
                "scale-reach.svg",
                plot(
                        "Nodes within the default loop count of 6",
                        "% of all nodes",
                        false,
                        result -> PERCENT * result.nearFlood().reached() / result.nodes()));
        plots.put("scale-heap.svg", plot("Heap for each started node", "bytes", false, result ->
                (double) result.heapBytesPerNode()));
        plots.put("scale-seconds.svg", plot("Wall time for everything", "seconds", true, ScaleResult::seconds));
        return plots;
    }

    private String plot(String title, String yLabel, boolean logY, ToDoubleFunction<ScaleResult> value) {
        LinePlot plot = new LinePlot(title, "nodes", yLabel, true, logY);
        results.forEach(result -> plot.add(result.graph(), result.nodes(), value.applyAsDouble(result)));
        return plot.svg();
    }
}
