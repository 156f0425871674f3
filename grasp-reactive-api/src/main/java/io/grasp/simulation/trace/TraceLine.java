package io.grasp.simulation.trace;

import io.grasp.substrate.sim.SimEvent;

/** An event as a line of text. */
final class TraceLine {
    private static final int TIME_WIDTH = 17;
    private static final int TIME_DIGITS = 9;
    private static final int KIND_WIDTH = 14;

    private TraceLine() {}

    /** {@return the line, without its end} */
    static String of(SimEvent event) {
        StringBuilder line = new StringBuilder();
        line.append(PrintableText.padLeft(PrintableText.seconds(event.at(), TIME_DIGITS), TIME_WIDTH, ' '))
                .append("  ")
                .append(PrintableText.padRight(event.kind().name(), KIND_WIDTH));
        if (!event.from().isEmpty() || !event.to().isEmpty()) {
            line.append("  ").append(name(event.from()));
        }
        if (!event.to().isEmpty()) {
            line.append(" -> ").append(name(event.to()));
        }
        if (!event.link().isEmpty()) {
            line.append(" on ").append(name(event.link()));
        }
        if (event.bytes().length > 0) {
            line.append("  ").append(Payload.of(event.bytes()).notation());
        }
        if (!event.detail().isEmpty()) {
            line.append("  # ").append(PrintableText.printable(event.detail()));
        }
        return line.toString().stripTrailing();
    }

    private static String name(String name) {
        return name.isEmpty() ? "?" : PrintableText.printable(name);
    }
}
