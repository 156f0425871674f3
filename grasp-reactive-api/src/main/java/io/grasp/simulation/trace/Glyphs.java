package io.grasp.simulation.trace;

/** What a chart for a fixed-width font is drawn with. */
record Glyphs(
        char lifeline,
        char down,
        char source,
        char line,
        char dashed,
        char crossing,
        char right,
        char left,
        char lost,
        char corrupted,
        char band,
        char pause) {
    static final Glyphs ASCII = new Glyphs('|', ':', 'o', '-', '-', '+', '>', '<', 'x', '!', '=', '.');
    static final Glyphs UNICODE = new Glyphs('│', '░', '●', '─', '╌', '┼', '▶', '◀', 'x', '!', '═', '┊');
}
