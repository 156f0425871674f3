package io.grasp.simulation.trace;

import io.grasp.substrate.sim.SimEvent;
import io.grasp.util.PrintableText;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Groups events into rows: similar events at the same moment share a row. */
final class ChartBuilder {
    /** A silence of this length gets its own row. */
    private static final Duration LONG = Duration.ofSeconds(1);

    private final ChartFilter filter;
    private final List<ChartRow> rows = new ArrayList<>();
    private final NodeStates before = new NodeStates();
    private final Set<String> seen = new LinkedHashSet<>();
    private final Set<String> shown = new HashSet<>();
    private final Set<Start> starts = new HashSet<>();
    private final Map<Object, ChartRow> moment = new LinkedHashMap<>();
    private Duration now = Duration.ZERO;
    private int omitted;

    private ChartBuilder(ChartFilter filter) {
        this.filter = filter;
    }

    static ChartLayout build(List<SimEvent> events, ChartFilter filter) {
        ChartBuilder builder = new ChartBuilder(filter);
        events.stream()
                .filter(event -> event.kind() == SimEvent.Kind.STARTED)
                .forEach(event -> builder.starts.add(new Start(event.at(), node(event))));
        events.forEach(builder::add);
        return builder.finish();
    }

    private void add(SimEvent event) {
        if (filter.isLate(event) || !filter.showsNodes(event)) {
            return;
        }
        if (!event.at().equals(now)) {
            flush();
            now = event.at();
        }
        see(event.from());
        see(event.to());
        if (filter.isEarly(event)) {
            before.happened(event.kind(), PrintableText.of(node(event)));
        } else {
            show(event);
        }
    }

    private void see(String name) {
        if (!name.isEmpty()) {
            seen.add(PrintableText.of(name));
        }
    }

    private void show(SimEvent event) {
        switch (event.kind()) {
            case DELIVERED, CORRUPTED, LOST, UNREACHED, DATA, DATA_CORRUPTED, RETRANSMITTED -> message(event);
            case OPENED, FINISHED, REFUSED, RESET, TIMED_OUT -> signal(event);
            case DUPLICATED -> duplicate(event);
            case LINK_UP, LINK_DOWN -> link(event);
            case STARTED, CLOSED, CRASHED, SUSPENDED, RESUMED -> mark(event, EventLabels.of(event));
            case PARTITIONED, HEALED -> band(event, EventLabels.of(event));
        }
    }

    private void message(SimEvent event) {
        Payload payload = Payload.of(event.bytes());
        if (payload.length() == 0) {
            signal(event);
        } else if (filter.showsMessage(payload)) {
            transfer(event, MessageSummary.of(payload), payload.notation());
        }
    }

    private void signal(SimEvent event) {
        if (filter.showsSignal(event.kind())) {
            transfer(event, MessageSummary.signal(EventLabels.of(event.kind())), "");
        }
    }

    private void duplicate(SimEvent event) {
        Payload payload = Payload.of(event.bytes());
        if (payload.length() > 0 && filter.showsMessage(payload)) {
            mark(event, MessageSummary.of(payload).text() + " " + EventLabels.of(event));
        }
    }

    /** A link that comes up when its node starts, or before, is expected, and shown only on request. */
    private void link(SimEvent event) {
        boolean start = event.at().isZero() || starts.contains(new Start(event.at(), node(event)));
        if (event.kind() == SimEvent.Kind.LINK_DOWN || !start || filter.signals()) {
            mark(event, EventLabels.ofLink(event));
        }
    }

    private void transfer(SimEvent event, MessageSummary summary, String notation) {
        if (event.from().isEmpty() || event.to().isEmpty()) {
            mark(event, summary.text() + " " + EventLabels.of(event));
            return;
        }
        String from = PrintableText.of(event.from());
        ChartRow.Target target = new ChartRow.Target(
                PrintableText.of(event.to()),
                event.kind(),
                PrintableText.of(event.link()),
                PrintableText.of(event.detail()));
        int copy = 0;
        while (true) {
            Object key = new Travelled(
                    from, isConnection(event.kind()), summary.name(), ByteBuffer.wrap(event.bytes()), copy);
            if (!(moment.get(key) instanceof ChartRow.Transfer same)) {
                moment.put(key, new ChartRow.Transfer(event.at(), summary, notation, from, List.of(target)));
                return;
            }
            if (same.targets().stream().noneMatch(each -> each.node().equals(target.node()))) {
                moment.put(
                        key, new ChartRow.Transfer(event.at(), summary, notation, from, with(same.targets(), target)));
                return;
            }
            copy++; // a second arrival at the same node is a second arrow
        }
    }

    private void mark(SimEvent event, String text) {
        String node = PrintableText.of(node(event));
        if (node.isEmpty()) {
            return;
        }
        Object key = List.of(event.kind(), text);
        if (moment.get(key) instanceof ChartRow.Marks same && same.nodes().contains(node)) {
            flush(); // a repeated event comes after all events in between
        }
        List<String> nodes = moment.get(key) instanceof ChartRow.Marks same ? same.nodes() : List.of();
        moment.put(key, new ChartRow.Marks(event.at(), event.kind(), text, with(nodes, node)));
    }

    private void band(SimEvent event, String text) {
        Object key = List.of(event.kind(), text);
        if (moment.containsKey(key)) {
            flush();
        }
        moment.put(key, new ChartRow.Band(event.at(), event.kind(), text));
    }

    private static <T> List<T> with(Collection<T> some, T another) {
        List<T> all = new ArrayList<>(some);
        all.add(another);
        return all;
    }

    private void flush() {
        for (ChartRow row : moment.values()) {
            pauseBefore(row.at());
            if (rows.size() >= filter.maxRows()) {
                omitted++;
                continue;
            }
            rows.add(row);
            note(row);
        }
        moment.clear();
    }

    private void pauseBefore(Duration at) {
        if (!rows.isEmpty() && omitted == 0 && rows.size() + 1 < filter.maxRows()) {
            Duration before = rows.get(rows.size() - 1).at();
            Duration silence = at.minus(before);
            if (silence.compareTo(LONG) >= 0) {
                rows.add(new ChartRow.Pause(before, silence));
            }
        }
    }

    private void note(ChartRow row) {
        if (row instanceof ChartRow.Transfer transfer) {
            shown.add(transfer.from());
            transfer.targets().forEach(target -> shown.add(target.node()));
        } else if (row instanceof ChartRow.Marks marks) {
            shown.addAll(marks.nodes());
        }
    }

    private ChartLayout finish() {
        flush();
        List<String> nodes = filter.nodes().isEmpty()
                ? seen.stream().filter(shown::contains).toList()
                : filter.nodes().stream().map(PrintableText::of).distinct().toList();
        return new ChartLayout(nodes, rows, before, omitted);
    }

    private static String node(SimEvent event) {
        return event.from().isEmpty() ? event.to() : event.from();
    }

    private static boolean isConnection(SimEvent.Kind kind) {
        return kind == SimEvent.Kind.DATA
                || kind == SimEvent.Kind.DATA_CORRUPTED
                || kind == SimEvent.Kind.RETRANSMITTED;
    }

    /** A node's start, which brings its links up. */
    private record Start(Duration at, String node) {}

    /** The key of a row: the same bytes from the same node, with each node reached once. */
    private record Travelled(String from, boolean connection, String name, ByteBuffer bytes, int copy) {}
}
