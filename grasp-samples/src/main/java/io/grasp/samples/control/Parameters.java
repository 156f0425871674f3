package io.grasp.samples.control;

import io.grasp.inspection.EventOptions;
import io.grasp.inspection.PageRequest;
import io.grasp.model.MessageInfo;
import io.grasp.samples.text.PeerAddress;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.TypeConversionException;

/** The parameters in the query of a request. */
final class Parameters {
    /** The product of a page's size and its bytes of each value: what the usual values and the largest size have. */
    private static final int MOST_VALUE_BYTES = PageRequest.LARGEST_SIZE * PageRequest.FIRST.valueBytes();

    private static final int SHORTEST_PERIOD_MILLIS = 10;
    private static final int LONGEST_PERIOD_MILLIS = 10_000;

    private static final int LONGEST_NUMBER = 9;
    private static final String MESSAGE = "M_";

    private final Map<String, List<String>> values;

    private Parameters(Map<String, List<String>> values) {
        this.values = values;
    }

    /**
     * Reads the parameters of a request.
     *
     * @param uri the request's target
     * @param known the names that the route has
     * @throws Problem if it has others
     */
    static Parameters of(String uri, Set<String> known) {
        Map<String, List<String>> values;
        try {
            values = new QueryStringDecoder(uri).parameters();
        } catch (IllegalArgumentException malformed) {
            throw Problem.parameter("query", "is not well-formed");
        }
        for (String name : values.keySet()) {
            if (!known.contains(name)) {
                throw Problem.parameter(
                        name,
                        "is not a parameter here; "
                                + (known.isEmpty()
                                        ? "there are none"
                                        : known.stream().sorted().collect(Collectors.joining(", ")) + " are"));
            }
        }
        return new Parameters(values);
    }

    private @Nullable String text(String name) {
        List<String> all = values.getOrDefault(name, List.of());
        if (all.size() > 1) {
            throw Problem.parameter(name, "is given twice");
        }
        return all.isEmpty() ? null : all.get(0);
    }

    private int number(String name, int least, int most, int usual) {
        String text = text(name);
        if (text == null) {
            return usual;
        }
        if (text.matches("\\d{1," + LONGEST_NUMBER + "}")) {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        }
        throw Problem.parameter(name, "must be a whole number from " + least + " to " + most);
    }

    /** {@return which page is wanted} */
    PageRequest page() {
        PageRequest usual = PageRequest.FIRST;
        int size = number("size", 1, PageRequest.LARGEST_SIZE, usual.size());
        int bytes = valueBytes();
        if (size * bytes > MOST_VALUE_BYTES) {
            throw Problem.parameter("value-bytes", "times size must not be above " + MOST_VALUE_BYTES);
        }
        return new PageRequest(size, Optional.ofNullable(text("after")), bytes);
    }

    /** {@return the maximum number of entries of a list} */
    int size() {
        return number("size", 1, PageRequest.LARGEST_SIZE, PageRequest.FIRST.size());
    }

    /** {@return the number after which a list begins, 0 for all of it} */
    long after() {
        String text = text("after");
        try {
            return text == null ? 0 : Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            throw Problem.parameter("after", "must be a number that a list has returned as 'next'");
        }
    }

    /** {@return one of the constants, by its name in lower case, if it is given} */
    <E extends Enum<E>> Optional<E> constant(String name, E[] constants) {
        String text = text(name);
        if (text == null) {
            return Optional.empty();
        }
        return Optional.of(Arrays.stream(constants)
                .filter(each -> JsonWriter.word(each).equals(text))
                .findFirst()
                .orElseThrow(() -> Problem.parameter(
                        name,
                        "must be one of "
                                + Arrays.stream(constants).map(JsonWriter::word).collect(Collectors.joining(", ")))));
    }

    private int valueBytes() {
        return number("value-bytes", 0, PageRequest.LARGEST_VALUE_BYTES, PageRequest.FIRST.valueBytes());
    }

    /** {@return which events are wanted, and how often} */
    EventOptions events() {
        EventOptions usual = EventOptions.DEFAULTS;
        return new EventOptions(
                number("rate", 1, EventOptions.MOST_EVENTS, usual.eventsPerSecond()),
                Duration.ofMillis(number("period-millis", SHORTEST_PERIOD_MILLIS, LONGEST_PERIOD_MILLIS, (int)
                        usual.period().toMillis())),
                Optional.ofNullable(text("objective")),
                Optional.ofNullable(text("peer")).map(text -> address("peer", text)),
                values.getOrDefault("type", List.of()).stream()
                        .map(Parameters::messageType)
                        .collect(Collectors.toSet()),
                valueBytes());
    }

    /** {@return the IP address of a peer; no name is looked up} */
    static InetAddress address(String name, String text) {
        try {
            return new PeerAddress().convert(text);
        } catch (TypeConversionException e) {
            throw Problem.parameter(name, "must be an IP address");
        }
    }

    private static int messageType(String text) {
        String name = text.toUpperCase(Locale.ROOT);
        return MessageInfo.typeOf(name.startsWith(MESSAGE) ? name : MESSAGE + name)
                .orElseThrow(() -> Problem.parameter(
                        "type", "must be the name of a message type, such as M_FLOOD, or its number"));
    }
}
