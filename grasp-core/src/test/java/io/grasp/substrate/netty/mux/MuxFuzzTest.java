package io.grasp.substrate.netty.mux;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.grasp.substrate.sim.VirtualLoop;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** A multiplexed connection with any peer, and with any use by two engines. */
class MuxFuzzTest {
    private static final MuxConfig CONFIG = MuxConfig.defaults()
            .withMaxStreams(4)
            .withWindowBytes(2048)
            .withMaxMessageBytes(4096)
            .withMessageQueueBytes(10_000)
            .withStreamNumbers(32);

    /** An input is what a peer sends after its preface, cut at random. */
    @MethodSource("frames")
    @FuzzTest // must follow the argument source, otherwise Jazzer refuses to fuzz
    void survivesAnyFrames(byte[] input) {
        SplittableRandom random = new SplittableRandom(Arrays.hashCode(input));
        VirtualLoop loop = new VirtualLoop();
        MuxEnd end = new MuxEnd(loop, MuxRole.INITIATOR, CONFIG);
        end.onAccepted = stream -> stream.onReceived = self -> {
            switch (self.received.size() % 4) {
                case 0 -> self.send(self.received.toByteArray());
                case 1 -> self.close();
                case 2 -> self.reading(false);
                default -> self.abort();
            }
        };
        List<MuxEnd.Stream> ours = List.of(end.open(), end.open(new byte[3000]), end.open());
        end.receive(Frames.preface(MuxRole.ACCEPTOR, CONFIG));
        for (int at = 0; at < input.length && end.channel.isOpen(); ) {
            int next = Math.min(input.length, at + 1 + random.nextInt(40));
            end.receive(Arrays.copyOfRange(input, at, next));
            end.sent();
            at = next;
        }
        end.accepted.forEach(stream -> stream.reading(true));
        loop.advance(Duration.ofSeconds(3));
        assertThat(end.accepted).allMatch(stream -> stream.received.size() <= input.length);
        if (end.channel.isOpen()) {
            end.disconnect();
        }
        assertThat(end.events).endsWith("ended").containsOnlyOnce("ended");
        assertThat(end.connection.streams()).isZero();
        assertThat(ours).allMatch(stream -> stream.events.contains("closed"));
        assertThat(end.accepted).allMatch(stream -> stream.events.contains("closed"));
        assertThat(loop.pendingWakeups()).isZero();
        end.channel.checkException();
    }

    /** Frames of which most are possible, in an order that often is not. */
    static Stream<byte[]> frames() {
        SplittableRandom random = new SplittableRandom(7);
        return Stream.generate(() -> {
                    ByteBuffer frames = ByteBuffer.allocate(200_000);
                    int last = 0;
                    for (int count = 1 + random.nextInt(40); count > 0; count--) {
                        int type = random.nextInt(20) == 0 ? random.nextInt(256) : random.nextInt(6);
                        int stream = 1 + random.nextInt(last + 6);
                        int flags = random.nextInt(4);
                        if (type == Frames.DATA && random.nextInt(2) == 0) {
                            last += 2;
                            stream = last;
                            flags |= Frames.OPEN;
                        } else if (type == Frames.DATA) {
                            flags &= ~Frames.OPEN;
                        }
                        if (type >= Frames.MESSAGE && random.nextInt(20) != 0) {
                            stream = 0;
                        }
                        int length = length(type, random);
                        byte[] payload = new byte[length];
                        if (random.nextBoolean()) {
                            random.nextBytes(payload);
                        } else if (length >= 4) {
                            payload[length - 2] = (byte) random.nextInt(16);
                            payload[length - 1] = (byte) random.nextInt(8);
                        }
                        frames.put((byte) type).put((byte) flags).putShort((short) length);
                        frames.putInt(stream).put(payload);
                    }
                    return Arrays.copyOf(frames.array(), frames.position());
                })
                .limit(150);
    }

    private static int length(int type, SplittableRandom random) {
        if (random.nextInt(30) == 0) {
            return random.nextInt(9000) & 0x1FFF;
        }
        return switch (type) {
            case Frames.RESET, Frames.CREDIT -> 4;
            case Frames.PING, Frames.GO_AWAY -> 8;
            default -> random.nextInt(random.nextInt(8) == 0 ? 2500 : 60);
        };
    }

    /** An input is a script for two engines: each byte is an action, on a stream that the next byte chooses. */
    @MethodSource("scripts")
    @FuzzTest // must follow the argument source, otherwise Jazzer refuses to fuzz
    void carriesWhatIsSent(byte[] script) {
        MuxPair pair = new MuxPair(CONFIG, CONFIG, Arrays.hashCode(script));
        Model model = new Model();
        MuxEnd[] ends = {pair.initiator, pair.acceptor};
        for (MuxEnd end : ends) {
            end.onAccepted = model::accepted;
        }
        for (int at = 0; at + 1 < script.length && pair.initiator.channel.isOpen(); at += 2) {
            int action = script[at] & 0xFF;
            model.act(pair, ends[action & 1], ends[(action & 1) ^ 1], (action >> 1) % 12, script[at + 1] & 0xFF);
        }
        pair.settle();
        model.check();
        for (int before = -1; before < model.streams.size(); ) { // those that have waited are accepted later
            before = model.streams.size();
            List.copyOf(model.streams).forEach(stream -> stream.reading(true));
            pair.settle();
            model.check();
            List.copyOf(model.streams).forEach(MuxEnd.Stream::close);
            pair.settle();
        }
        if (pair.initiator.channel.isOpen()) {
            assertThat(pair.initiator.events).doesNotContain("ended");
            assertThat(model.streams).allMatch(stream -> stream.events.contains("closed"));
            assertThat(model.received(pair)).containsExactlyInAnyOrderElementsOf(model.messages);
        }
        pair.finish();
    }

    static Stream<byte[]> scripts() {
        SplittableRandom random = new SplittableRandom(11);
        return Stream.generate(() -> {
                    byte[] script = new byte[2 * (1 + random.nextInt(150))];
                    random.nextBytes(script);
                    return script;
                })
                .limit(100);
    }

    /** What the engines have sent, by receiver. */
    private static final class Model {
        final List<MuxEnd.Stream> streams = new ArrayList<>();
        final Map<MuxEnd.Stream, MuxEnd.Stream> peers = new HashMap<>();
        final Map<MuxEnd.Stream, byte[]> sent = new HashMap<>();
        final List<Integer> messages = new ArrayList<>();
        private int opened;

        /** Each stream begins with its place in the list, by which its other end is found. */
        void accepted(MuxEnd.Stream stream) {
            streams.add(stream);
            sent.put(stream, new byte[0]);
            stream.onReceived = self -> {
                if (self.received.size() >= 4 && !peers.containsKey(self)) {
                    int id = ByteBuffer.wrap(self.received.toByteArray()).getInt();
                    MuxEnd.Stream peer = streams.stream()
                            .filter(each -> sent.get(each).length >= 4
                                    && ByteBuffer.wrap(sent.get(each)).getInt() == id)
                            .findFirst()
                            .orElseThrow();
                    peers.put(self, peer);
                    peers.put(peer, self);
                }
            };
        }

        void act(MuxPair pair, MuxEnd end, MuxEnd other, int action, int choice) {
            MuxEnd.Stream stream = streams.isEmpty() ? null : streams.get(choice % streams.size());
            if (action < 3 || stream == null) {
                byte[] first = ByteBuffer.allocate(4 + choice)
                        .putInt(0xAB000000 + opened++)
                        .array();
                MuxEnd.Stream ours = end.open(first);
                streams.add(ours);
                sent.put(ours, first);
                return;
            }
            switch (action) {
                case 3, 4 -> send(stream, choice * 30);
                case 5 -> stream.close();
                case 6 -> stream.abort();
                case 7 -> stream.reading(choice % 3 == 0);
                case 8 -> {
                    byte[] message = new byte[1 + choice * 16];
                    List<String> result = end.sendMessage(message);
                    if (result.isEmpty() || result.contains("sent")) {
                        messages.add(message.length);
                    }
                }
                case 9 -> pair.carry(end, other);
                case 10 -> pair.settle();
                default -> {
                    if (choice < 250) {
                        pair.pass(Duration.ofMillis(choice));
                    } else {
                        end.close();
                    }
                }
            }
        }

        private void send(MuxEnd.Stream stream, int length) {
            if (!stream.send(new byte[length]).contains("failed")) {
                byte[] before = sent.get(stream);
                sent.put(stream, Arrays.copyOf(before, before.length + length));
            }
        }

        /** What was received is the beginning of what was sent, and all of it after a graceful end. */
        void check() {
            peers.forEach((stream, peer) -> {
                byte[] received = stream.received.toByteArray();
                byte[] all = sent.get(peer);
                assertThat(received).isEqualTo(Arrays.copyOf(all, Math.min(all.length, received.length)));
                if (stream.events.contains("inputEnded")) {
                    assertThat(received).hasSize(all.length);
                }
            });
        }

        /** {@return the sizes of the messages that have arrived} */
        List<Integer> received(MuxPair pair) {
            List<Integer> all = new ArrayList<>();
            pair.initiator.messages.forEach(message -> all.add(message.length));
            pair.acceptor.messages.forEach(message -> all.add(message.length));
            return all;
        }
    }
}
