package io.grasp.samples.console;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes the page with a recording in it: one file that refers to no other. Each module becomes a function, because a
 * page that is a file has no place to import modules from. The policy of the page permits exactly its own scripts, by
 * their hashes, and no connection.
 */
final class RecordingPage {
    /** How the modules import and export; they use no other form. */
    private static final Pattern IMPORT = Pattern.compile("(?m)^import (\\{[^}]+\\}) from '\\./([a-z]+)\\.js';$");

    private static final Pattern EXPORT = Pattern.compile("(?m)^export (?=(?:class|function|const) (\\w+))");

    private RecordingPage() {}

    /**
     * Makes the page.
     *
     * @param recording the recording in JSON
     * @return the document
     */
    static String of(String recording) {
        PageFiles files = PageFiles.read();
        List<String> scripts =
                List.of(files.text(PageFiles.GRAPHS), files.text(PageFiles.CHARTS), "'use strict';\n" + modules(files));
        List<String> styles = List.of(files.text(PageFiles.CHARTS_STYLE), files.text(PageFiles.STYLE));
        StringBuilder page = new StringBuilder(files.text(PageFiles.PAGE));
        replace(page, "<link rel=\"icon\" href=\"icon.svg\" type=\"image/svg+xml\">", policy(scripts, styles));
        replace(page, "<link rel=\"stylesheet\" href=\"lib/uplot.css\">", style("", styles.get(0)));
        replace(
                page,
                "<link rel=\"stylesheet\" href=\"console.css\" id=\"__________cytoscape_stylesheet\">",
                style(" id=\"__________cytoscape_stylesheet\"", styles.get(1)));
        replace(page, "<script src=\"lib/cytoscape.js\" defer></script>", script("", scripts.get(0)));
        replace(page, "<script src=\"lib/uplot.js\" defer></script>", script("", scripts.get(1)));
        replace(page, "<script type=\"module\" src=\"main.js\"></script>", "");
        replace(
                page,
                "</body>",
                script(" type=\"application/json\" id=\"recording\"", embedded(recording))
                        + script("", scripts.get(2))
                        + "</body>");
        return page.toString();
    }

    /** Nothing in a script element of data may end it or begin a comment. */
    private static String embedded(String json) {
        return json.replace("<", "\\u003c");
    }

    private static String modules(PageFiles files) {
        StringBuilder all = new StringBuilder();
        for (String file : PageFiles.MODULES) {
            Matcher exports = EXPORT.matcher(files.text(file));
            List<String> names = exports.results().map(each -> each.group(1)).toList();
            String source = IMPORT.matcher(exports.replaceAll("")).replaceAll("const $1 = $2Module;");
            all.append("const ")
                    .append(file.replace(".js", "Module"))
                    .append(" = (() => {\n")
                    .append(source)
                    .append("return {")
                    .append(String.join(", ", names))
                    .append("};\n})();\n");
        }
        return all.toString();
    }

    private static String policy(List<String> scripts, List<String> styles) {
        return "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src" + hashes(scripts)
                + "; style-src" + hashes(styles) + "; base-uri 'none'; form-action 'none'\">";
    }

    private static String hashes(List<String> texts) {
        StringBuilder sources = new StringBuilder();
        for (String text : texts) {
            sources.append(" 'sha256-")
                    .append(Base64.getEncoder().encodeToString(sha256(text)))
                    .append('\'');
        }
        return sources.toString();
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static String script(String attributes, String content) {
        return "<script" + attributes + ">" + content + "</script>\n";
    }

    private static String style(String attributes, String content) {
        return "<style" + attributes + ">" + content + "</style>";
    }

    private static void replace(StringBuilder page, String line, String by) {
        int start = page.lastIndexOf(line);
        if (start < 0) {
            throw new IllegalStateException("the page has no " + line);
        }
        page.replace(start, start + line.length(), by);
    }
}
