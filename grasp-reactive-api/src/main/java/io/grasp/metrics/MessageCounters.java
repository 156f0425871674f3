package io.grasp.metrics;

import io.grasp.wire.MessageType;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Tags;
import java.util.stream.IntStream;

/** Counts the messages in one direction. */
final class MessageCounters {
    /** The tag for all message types without a name, since a peer could make up any number of them. */
    private static final String UNKNOWN_TYPE = "unknown";

    private final Counter[] byType;
    private final Counter unknown;
    private final Counter bytes;

    MessageCounters(Meters meters, String direction) {
        Tags tags = Tags.of("direction", direction);
        unknown = messages(meters, tags.and("type", UNKNOWN_TYPE));
        byType = IntStream.rangeClosed(0, MessageType.M_INVALID)
                .mapToObj(type -> MessageType.isKnown(type)
                        ? messages(meters, tags.and("type", MessageType.name(type)))
                        : unknown)
                .toArray(Counter[]::new);
        bytes = meters.counter(
                "grasp.message.bytes", "Length of the messages, without transport headers", "bytes", tags);
    }

    private static Counter messages(Meters meters, Tags tags) {
        return meters.counter("grasp.messages", "Messages; a multicast counts once for each link", tags);
    }

    void count(int type, int length) {
        (type >= 0 && type < byType.length ? byType[type] : unknown).increment();
        bytes.increment(length);
    }
}
