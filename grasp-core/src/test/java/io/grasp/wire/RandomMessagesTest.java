package io.grasp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.cbor.CborItem;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The oracles of the fuzz tests on generated messages and streams, whole and damaged. */
class RandomMessagesTest {
    private static final int ROUNDS = 3_000;

    @Test
    void encodedMessagesAreDecodedEqually() {
        MessageGenerator messages = new MessageGenerator(new SplittableRandom(1));
        for (int i = 0; i < ROUNDS; i++) {
            GraspMessage message = messages.next();
            byte[] encoded = MessageEncoder.encode(message);
            assertThat(WireOracle.decode(encoded)).isEqualTo(message);
            WireOracle.checkMessage(encoded);
        }
    }

    @Test
    void damagedMessagesAreRefusedOrDecoded() {
        SplittableRandom random = new SplittableRandom(2);
        MessageGenerator messages = new MessageGenerator(random);
        for (int i = 0; i < ROUNDS; i++) {
            byte[] encoded = MessageEncoder.encode(messages.next());
            for (int damages = 1 + random.nextInt(2); damages > 0; damages--) {
                encoded[random.nextInt(encoded.length)] = (byte) random.nextInt();
            }
            WireOracle.checkMessage(encoded);
        }
    }

    @Test
    void anyCutOfAStreamGivesTheSameMessages() {
        SplittableRandom random = new SplittableRandom(3);
        MessageGenerator messages = new MessageGenerator(random);
        for (int i = 0; i < ROUNDS / 10; i++) {
            ByteArrayOutputStream stream = new ByteArrayOutputStream();
            List<CborItem> sent = new ArrayList<>();
            for (int j = random.nextInt(8); j >= 0; j--) {
                byte[] message = MessageEncoder.encode(messages.next());
                sent.add(CborItem.wrap(message, 0, message.length));
                stream.writeBytes(message);
            }
            int longest = 1 + random.nextInt(100);
            WireOracle.checkStream(stream.toByteArray(), () -> 1 + random.nextInt(longest));
            assertThat(WireOracle.frame(stream.toByteArray(), () -> longest).messages())
                    .isEqualTo(sent);
        }
    }

    @Test
    void anyCutOfADamagedStreamEndsInTheSameWay() {
        SplittableRandom random = new SplittableRandom(4);
        MessageGenerator messages = new MessageGenerator(random);
        for (int i = 0; i < ROUNDS / 10; i++) {
            ByteArrayOutputStream stream = new ByteArrayOutputStream();
            for (int j = random.nextInt(8); j >= 0; j--) {
                stream.writeBytes(MessageEncoder.encode(messages.next()));
            }
            byte[] damaged = stream.toByteArray();
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            WireOracle.checkStream(damaged, () -> 1 + random.nextInt(30));
        }
    }
}
