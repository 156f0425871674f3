package io.grasp.simulation.trace;

import java.util.List;

/** Puts a page together: the names stay at its top and the times at its left, however far one scrolls. */
final class HtmlDocument {
    private static final int LEGEND_WIDTH = 900;
    private static final String CSS = """
            html{background:#fff;color:#1f2328;font:15px/1.4 system-ui,sans-serif}
            body{margin:0 auto;width:max-content;min-width:min(100%,960px)}
            header{position:sticky;left:0;width:max-content;max-width:100vw;box-sizing:border-box;padding:20px 24px 4px}
            h1{font-size:22px;margin:0 0 6px}
            header p{margin:2px 0;color:#59636e;font-family:ui-monospace,Menlo,Consolas,monospace;font-size:12px;
            overflow-wrap:anywhere}
            header svg{max-width:100%;margin:8px 0 0 -12px}
            main{display:grid;grid-template-columns:max-content max-content;padding:0 16px 24px}
            svg{display:block}
            .names{position:sticky;top:0;z-index:2;background:#fff;border-bottom:1px solid #d1d9e0}
            .corner,.times{position:sticky;left:0;background:#fff}
            .corner{z-index:3}
            .times{z-index:1}
            @media (prefers-color-scheme:dark){
            html,.names,.corner,.times{background:#0d1117}
            html{color:#e6edf3}
            header p{color:#8b949e}
            .names{border-color:#3d444d}
            }
            """;

    private HtmlDocument() {}

    static String draw(ChartLayout layout, String title, List<String> facts) {
        SvgParts parts = new SvgParts(layout);
        SvgGeometry geometry = parts.geometry();
        String safeTitle = PrintableText.printable(title);
        SvgLegend.Drawing legend = SvgLegend.draw(layout, LEGEND_WIDTH);
        Xml xml = new Xml();
        xml.raw("<!DOCTYPE html>\n").open("html", "lang", "en").line();
        xml.open("head").line().empty("meta", "charset", "utf-8");
        xml.empty("meta", "name", "color-scheme", "content", "light dark");
        xml.empty("meta", "name", "viewport", "content", "width=device-width");
        xml.element("title", safeTitle).line();
        xml.open("style")
                .raw(SvgStyle.css())
                .raw(CSS)
                .close("style")
                .line()
                .close("head")
                .line();
        xml.open("body").line().open("header").line().element("h1", safeTitle).line();
        facts.forEach(fact -> xml.element("p", PrintableText.printable(fact)).line());
        if (legend.height() > 0) {
            xml.raw(SvgDocument.part("legend", legend.svg(), LEGEND_WIDTH, legend.height()));
        }
        xml.close("header").line().open("main").line();
        int times = SvgGeometry.TIMES_WIDTH;
        int width = geometry.width();
        xml.raw(SvgDocument.part("names corner", "", times, SvgGeometry.NAMES_HEIGHT))
                .line();
        xml.raw(SvgDocument.part("names", parts.names(), width, SvgGeometry.NAMES_HEIGHT))
                .line();
        xml.raw(SvgDocument.part("times", parts.times(), times, geometry.bottom()))
                .line();
        xml.raw(SvgDocument.part("chart", parts.body(), width, geometry.bottom()))
                .line();
        return xml.close("main")
                .line()
                .close("body")
                .line()
                .close("html")
                .line()
                .toString();
    }
}
