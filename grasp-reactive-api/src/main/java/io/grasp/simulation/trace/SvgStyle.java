package io.grasp.simulation.trace;

import java.util.function.Function;

/**
 * The style sheet of a chart. It names every color twice instead of using CSS variables, which many programs that show
 * SVG do not know.
 */
final class SvgStyle {
    private static final String FONT = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace";

    private SvgStyle() {}

    static String css() {
        return "text{font-family:" + FONT + ";font-size:11px}\n"
                + ".s{fill:none;stroke-width:1.6}\n"
                + ".dash{stroke-dasharray:5 4}\n"
                + ".life{stroke-width:1}\n"
                + ".name text{font-size:12px;font-weight:600;text-anchor:middle}\n"
                + ".box{stroke-width:1}\n"
                + ".label{text-anchor:middle}\n"
                + ".label .b{font-weight:600}\n"
                + ".time{text-anchor:end}\n"
                + ".cross{fill:none;stroke-width:2}\n"
                + ".mark{stroke-width:1.6}\n"
                + ".turn{fill:none}\n"
                + ".edge{stroke-width:1.4;stroke-dasharray:10 4}\n"
                + ".hit{fill-opacity:0}\n"
                + ".row:hover .hit{fill-opacity:.07}\n"
                + Scheme.LIGHT.css(SvgColor::onLight)
                + "@media (prefers-color-scheme:dark){\n"
                + Scheme.DARK.css(SvgColor::onDark)
                + "}\n";
    }

    /** The colors that do not belong to a message. */
    private record Scheme(
            String background,
            String text,
            String faint,
            String line,
            String box,
            String bar,
            String bad,
            String good,
            String tint) {
        static final Scheme LIGHT = new Scheme(
                "#ffffff", "#1f2328", "#6e7781", "#c3cad2", "#f3f5f8", "#b4bcc6", "#cf222e", "#1a7f37", "#fff1e6");
        static final Scheme DARK = new Scheme(
                "#0d1117", "#e6edf3", "#8b949e", "#3d444d", "#1b222b", "#57606a", "#ff7b72", "#56d364", "#2a1e12");

        String css(Function<SvgColor, String> hue) {
            StringBuilder css = new StringBuilder();
            css.append(".bg{fill:").append(background).append("}\n");
            css.append("text{fill:").append(text).append("}\n");
            css.append(".faint,.time{fill:").append(faint).append("}\n");
            css.append(".life{stroke:").append(line).append("}\n");
            css.append(".box{fill:").append(box).append(";stroke:").append(line).append("}\n");
            css.append(".bar{fill:").append(bar).append("}\n");
            css.append(".sleep{fill:")
                    .append(background)
                    .append(";stroke:")
                    .append(bar)
                    .append(";stroke-width:1.4}\n");
            css.append(".cross,.bad{stroke:").append(bad).append("}\n");
            css.append(".dot{fill:").append(background).append("}\n");
            css.append(".good{stroke:").append(good).append("}\n");
            css.append(".plain,.blocked,.turn{stroke:").append(faint).append("}\n");
            css.append(".tint{fill:").append(tint).append("}\n");
            css.append(".hit{fill:").append(text).append("}\n");
            for (SvgColor color : SvgColor.values()) {
                String selector = "." + color.cssClass();
                css.append(selector)
                        .append(" .s{stroke:")
                        .append(hue.apply(color))
                        .append("}\n");
                css.append(selector).append(" .f,").append(selector).append(" .b{fill:");
                css.append(hue.apply(color)).append("}\n");
            }
            return css.toString();
        }
    }
}
