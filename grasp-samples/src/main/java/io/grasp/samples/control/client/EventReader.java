package io.grasp.samples.control.client;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Splits a stream of server-sent events, as the HTML standard defines it, into events; it knows the fields that the
 * control API uses.
 */
final class EventReader {
    private final int most;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private String type = "";
    private final StringBuilder data = new StringBuilder();

    /** @param most the maximum number of characters of an event */
    EventReader(int most) {
        this.most = most;
    }

    /**
     * An event.
     *
     * @param type its type; empty for a comment, which says that the stream lives
     * @param data its data
     */
    record Event(String type, String data) {}

    /**
     * {@return the events that end in these bytes}
     *
     * @throws ControlException if an event is too large
     */
    List<Event> read(byte[] bytes) {
        List<Event> events = new ArrayList<>();
        for (byte each : bytes) {
            if (each != '\n') {
                line.write(each);
                if (line.size() + data.length() > most) {
                    throw new ControlException("The daemon has sent an event of more than " + most + " bytes");
                }
                continue;
            }
            String text = line.toString(StandardCharsets.UTF_8);
            line.reset();
            if (text.isEmpty()) {
                events.add(new Event(type, data.toString()));
                type = "";
                data.setLength(0);
            } else {
                field(text);
            }
        }
        return events;
    }

    private void field(String text) {
        int colon = text.indexOf(':');
        String value = text.substring(colon + 1);
        value = value.startsWith(" ") ? value.substring(1) : value;
        if (text.startsWith("event:")) {
            type = value;
        } else if (text.startsWith("data:")) {
            data.append(value);
        }
    }
}
