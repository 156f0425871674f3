package io.grasp.simulation.trace;

/** The small signs in arrows and legends. */
final class SvgSigns {
    private SvgSigns() {}

    /** A cross for what was lost by chance, a barred circle for what had no way, a turn for what comes again. */
    static void stop(Xml xml, int x, int y, DeliveryOutcome fate) {
        switch (fate) {
            case UNREACHED -> {
                xml.empty("circle", "class", "dot mark blocked", "cx", x, "cy", y, "r", 5);
                xml.empty("path", "class", "cross blocked", "d", "M" + (x - 3) + "," + (y + 3) + "l6,-6");
            }
            case RESENT -> {
                xml.empty("circle", "class", "dot", "cx", x, "cy", y, "r", 6);
                xml.empty(
                        "path",
                        "class",
                        "mark turn",
                        "d",
                        "M" + (x + 4) + "," + (y - 4) + "a5,5 0 1 0 1.5,4m-5.5,-3.5h4v-4.5");
            }
            default -> xml.empty("path", "class", "cross", "d", "M" + (x - 5) + "," + (y - 5) + "l10,10m0,-10l-10,10");
        }
    }

    /** Steps of a path: a zigzag as wide as given, which ends at the height that it began at. */
    static String zigzag(int width) {
        double step = width / 4.0;
        return "l" + step / 2 + ",-5l" + step + ",10l" + step + ",-10l" + step + ",10l" + step / 2 + ",-5";
    }

    /** A head that points to the right with a step of 1, to the left with -1. */
    static void head(Xml xml, int tip, int y, int step) {
        int back = tip - step * 8;
        String points = tip + "," + y + " " + back + "," + (y - 4) + " " + back + "," + (y + 4);
        xml.empty("polygon", "class", "f", "points", points);
    }
}
