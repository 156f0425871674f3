package io.grasp.simulation.trace;

/** Writes XML that is HTML as well: what is given as text or as an attribute's value cannot end it. */
final class Xml {
    private final StringBuilder out = new StringBuilder();

    /**
     * Begins an element.
     *
     * @param tag its name
     * @param attributes names and values in turn
     */
    Xml open(String tag, Object... attributes) {
        start(tag, attributes);
        out.append('>');
        return this;
    }

    /** An element without content. */
    Xml empty(String tag, Object... attributes) {
        start(tag, attributes);
        out.append("/>");
        return line();
    }

    /** An element that holds nothing but text. */
    Xml element(String tag, String text, Object... attributes) {
        return open(tag, attributes).text(text).close(tag);
    }

    Xml close(String tag) {
        out.append("</").append(tag).append('>');
        return this;
    }

    Xml text(String text) {
        escape(text);
        return this;
    }

    /** Something that is XML already. */
    Xml raw(String xml) {
        out.append(xml);
        return this;
    }

    Xml line() {
        out.append('\n');
        return this;
    }

    private void start(String tag, Object... attributes) {
        out.append('<').append(tag);
        for (int i = 0; i < attributes.length; i += 2) {
            out.append(' ').append(attributes[i]).append("=\"");
            escape(attributes[i + 1].toString());
            out.append('"');
        }
    }

    private void escape(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.append(c);
            }
        }
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
