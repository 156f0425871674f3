package com.example.recipes;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.RawChannel;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Transfers more than fits in a message. */
final class Transfer {
    static final Objective FILE = Objective.negotiable("example.com:file");

    private static final int CHUNK_BYTES = 1500;
    private static final int MAX_BYTES = 16 << 20;

    private Transfer() {}

    /** Sends the length of the named content, then the content. The channel is closed when all has been sent. */
    static Mono<Void> serve(Asa asa, Function<String, byte[]> contents) {
        return asa.raw().listen(FILE, channel -> {
            byte[] content = contents.apply(channel.objective().value().as(String.class));
            return channel.send(Flux.concat(Mono.just(content.length), chunks(content)));
        });
    }

    private static Flux<byte[]> chunks(byte[] content) {
        return Flux.range(0, (content.length + CHUNK_BYTES - 1) / CHUNK_BYTES)
                .map(i ->
                        Arrays.copyOfRange(content, i * CHUNK_BYTES, Math.min((i + 1) * CHUNK_BYTES, content.length)));
    }

    /** Gets a content from any peer that serves contents. It fails if nothing arrives for 10 s. */
    static Mono<byte[]> fetch(Grasp node, Asa asa, String name) {
        return Mono.usingWhen(
                asa.raw().request(FILE.withValue(name)),
                channel -> channel.receive()
                        .timeout(Duration.ofSeconds(10), node.scheduler())
                        .reduceWith(Received::new, Received::add)
                        .map(Received::complete),
                RawChannel::close,
                (channel, failure) -> channel.cancel(),
                RawChannel::cancel);
    }

    /** What has been received so far. */
    private static final class Received {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private int length = -1;

        Received add(ObjectiveValue item) {
            if (length < 0) {
                length = item.as(Integer.class);
            } else {
                bytes.writeBytes(item.as(byte[].class));
            }
            if (Math.max(length, bytes.size()) > MAX_BYTES) {
                throw new IllegalStateException("too long"); // a peer must not size our memory
            }
            return this;
        }

        byte[] complete() {
            if (bytes.size() != length) {
                throw new IllegalStateException("got " + bytes.size() + " bytes of " + length);
            }
            return bytes.toByteArray();
        }
    }
}
