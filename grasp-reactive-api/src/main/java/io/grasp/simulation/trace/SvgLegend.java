package io.grasp.simulation.trace;

import io.grasp.substrate.sim.SimEvent;
import java.util.EnumSet;
import java.util.Set;

/** Draws what the colors and signs of an image mean: only of those that are in it. */
final class SvgLegend {
    private static final int LINE = 22;
    private static final int SAMPLE = 30;
    private static final int GAP = 20;
    private static final int MARGIN = 12;

    private final Xml xml = new Xml();
    private final int width;
    private int x = MARGIN;
    private int y = LINE;

    private SvgLegend(int width) {
        this.width = width;
    }

    /**
     * A legend.
     *
     * @param svg what to put into the image
     * @param height how high it is
     */
    record Drawing(String svg, int height) {}

    static Drawing draw(ChartLayout layout, int width) {
        Set<SvgColor> colors = EnumSet.noneOf(SvgColor.class);
        Set<DeliveryOutcome> fates = EnumSet.noneOf(DeliveryOutcome.class);
        for (ChartRow row : layout.rows()) {
            if (row instanceof ChartRow.Transfer transfer) {
                colors.add(SvgColor.of(transfer.summary().type()));
                transfer.targets().forEach(target -> fates.add(target.fate()));
            }
        }
        Set<SimEvent.Kind> spans = EnumSet.noneOf(SimEvent.Kind.class);
        layout.spans().forEach(span -> spans.add(span.kind()));
        SvgLegend legend = new SvgLegend(width);
        colors.forEach(legend::color);
        fates.forEach(legend::fate);
        spans.forEach(legend::span);
        boolean nothing = colors.isEmpty() && spans.isEmpty();
        return new Drawing(legend.xml.toString(), nothing ? 0 : legend.y + MARGIN);
    }

    private void color(SvgColor color) {
        begin(color.words(), color.cssClass());
        xml.empty("line", "class", "s", "x1", x, "y1", y - 4, "x2", x + 18, "y2", y - 4);
        SvgSigns.head(xml, x + 24, y - 4, 1);
        end(color.words());
    }

    private void fate(DeliveryOutcome fate) {
        if (fate == DeliveryOutcome.ARRIVED) {
            return;
        }
        begin(fate.words(), SvgColor.SIGNAL.cssClass());
        int middle = y - 4;
        if (fate == DeliveryOutcome.CORRUPTED) {
            String path = "M" + x + "," + middle + "h4" + SvgSigns.zigzag(16) + "h4";
            xml.empty("path", "class", "s", "d", path);
        } else {
            xml.empty("line", "class", "s dash", "x1", x, "y1", middle, "x2", x + 14, "y2", middle);
            SvgSigns.stop(xml, x + 19, middle, fate);
        }
        end(fate.words());
    }

    private void span(SimEvent.Kind kind) {
        String words = EventLabels.of(kind);
        begin(words, "span");
        boolean wide = kind == SimEvent.Kind.PARTITIONED;
        int width = wide ? 24 : SvgParts.barWidth(kind);
        String css = wide ? "tint" : SvgParts.barClass(kind);
        xml.empty("rect", "class", css, "x", x + 24 - width, "y", y - 11, "width", width, "height", 14, "rx", 2);
        end(words);
    }

    private void begin(String words, String css) {
        if (x > MARGIN && x + width(words) > width) {
            x = MARGIN;
            y += LINE;
        }
        xml.open("g", "class", css).line();
    }

    private void end(String words) {
        xml.element("text", words, "x", x + SAMPLE, "y", y).close("g").line();
        x += width(words);
    }

    private static int width(String words) {
        return SAMPLE + (int) (PrintableText.width(words) * SvgGeometry.LETTER) + GAP;
    }
}
