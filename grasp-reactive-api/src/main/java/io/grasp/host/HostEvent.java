package io.grasp.host;

import io.grasp.util.PrintableText;
import java.util.Locale;

/** What happens in a host, for operators. Each has a sentence, in one line. */
public sealed interface HostEvent {
    /** {@return the name of the ASA, or of the file that is concerned} */
    String name();

    /** {@return what has happened} */
    String sentence();

    /**
     * An ASA is in another state.
     *
     * @param name the name of the ASA
     * @param version its version
     * @param state the new state
     * @param detail why, empty if that is clear
     */
    record StateChanged(String name, String version, LifeCycleState state, String detail) implements HostEvent {
        /** Makes one printable line of the detail, which may be the text of an exception. */
        public StateChanged {
            detail = PrintableText.of(detail);
        }

        @Override
        public String sentence() {
            String words = name + " " + version + " is " + state.name().toLowerCase(Locale.ROOT);
            return detail.isEmpty() ? words : words + ": " + detail;
        }
    }

    /**
     * A parameter has another value, or a value for it was not used.
     *
     * @param name the name of the ASA
     * @param version its version
     * @param parameter the name of the parameter
     * @param value the value that it has now
     * @param detail where the value comes from, or why another one was not used
     */
    record ParameterSet(String name, String version, String parameter, String value, String detail)
            implements HostEvent {
        /** Makes printable lines of the texts, which a peer may have chosen. */
        public ParameterSet {
            value = PrintableText.of(value);
            detail = PrintableText.of(detail);
        }

        @Override
        public String sentence() {
            return name + " " + version + ": " + parameter + " is " + value + ", " + detail;
        }
    }

    /**
     * An ASA has something to say.
     *
     * @param name the name of the ASA
     * @param text what it says
     */
    record Reported(String name, String text) implements HostEvent {
        /** Makes one printable line of the text. */
        public Reported {
            text = PrintableText.of(text);
        }

        @Override
        public String sentence() {
            return name + ": " + text;
        }
    }

    /**
     * Something else is wrong, such as a file that cannot be read. What runs continues.
     *
     * @param name the name of the file or of the ASA
     * @param sentence what is wrong
     */
    record Problem(String name, String sentence) implements HostEvent {
        /** Makes one printable line of the sentence. */
        public Problem {
            sentence = PrintableText.of(sentence);
        }
    }
}
