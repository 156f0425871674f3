package io.grasp.substrate.netty.quads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.cbor.CborWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The format of graspy, in datagrams and in streams. */
class QuadsCipherTest {
    private static final QuadsKey KEY = QuadsKey.of(bytes(QuadsKey.KEY_BYTES, 1), bytes(QuadsKey.IV_BYTES, 2));

    private final QuadsCipher cipher = new QuadsCipher(KEY);

    static Stream<QuadsVectors.Vector> vectors() throws IOException {
        List<QuadsVectors.Vector> all = QuadsVectors.all();
        assertThat(all).hasSize(7);
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void messagesOfGraspyAreEncryptedAndDecrypted(QuadsVectors.Vector vector) throws IOException {
        QuadsCipher own = new QuadsCipher(vector.quadsKey());
        assertThat(own.encrypt(vector.plain())).isEqualTo(vector.cipher());
        assertThat(own.decrypt(vector.cipher())).isEqualTo(vector.plain());
        assertThat(own.newReader().read(vector.cipher())).isEqualTo(vector.plain());
        if (vector.password() != null) {
            QuadsKey derived = QuadsKey.fromPassword(vector.password().toCharArray());
            assertThat(derived.key()).isEqualTo(vector.key());
            assertThat(derived.iv()).isEqualTo(vector.iv());
        }
    }

    /** Messages of all lengths around a block, each sent on its own, arrive whole wherever the stream is cut. */
    @Test
    void aStreamMayBeCutAtEveryByte() {
        List<byte[]> messages =
                IntStream.rangeClosed(1, 50).mapToObj(QuadsCipherTest::message).toList();
        byte[] plain = joined(messages);
        byte[] stream = joined(messages.stream().map(cipher::encrypt).toList());
        for (int cut = 0; cut <= stream.length; cut++) {
            QuadsReader reader = cipher.newReader();
            byte[] first = reader.read(Arrays.copyOf(stream, cut));
            byte[] second = reader.read(Arrays.copyOfRange(stream, cut, stream.length));
            assertThat(joined(List.of(first, second))).as("cut at " + cut).isEqualTo(plain);
            reader.end();
            assertThat(reader.failure()).isNull();
        }
        assertThat(read(cipher.newReader(), stream, 1)).as("byte by byte").isEqualTo(plain);
    }

    @Test
    void itemsOfAllFormsAreFollowedToTheirEnds() {
        SplittableRandom random = new SplittableRandom(7);
        List<byte[]> messages = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            CborWriter writer = new CborWriter();
            writer.writeArrayHeader(4);
            writer.writeUnsigned(random.nextLong());
            writer.writeText("x".repeat(random.nextInt(70)));
            writer.writeBytes(bytes(random.nextInt(300), i));
            writer.writeArrayHeader(0);
            messages.add(writer.toByteArray());
        }
        byte[] stream = joined(messages.stream().map(cipher::encrypt).toList());
        assertThat(read(cipher.newReader(), stream, 37)).isEqualTo(joined(messages));
    }

    @Test
    void aMessageThatFillsItsLastBlockWaitsForItsPadding() {
        byte[] message = message(32);
        byte[] encrypted = cipher.encrypt(message);
        QuadsReader reader = cipher.newReader();
        assertThat(encrypted).hasSize(48);
        assertThat(reader.read(Arrays.copyOf(encrypted, 32))).isEqualTo(Arrays.copyOf(message, 16));
        assertThat(reader.read(Arrays.copyOfRange(encrypted, 32, 48))).isEqualTo(Arrays.copyOfRange(message, 16, 32));
        reader.end();
        assertThat(reader.failure()).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 14, 15, 16, 17, 31, 32, 33})
    void wrongPaddingIsRefused(int length) {
        byte[] padded = Arrays.copyOf(message(length), QuadsCipher.encryptedBytes(length));
        Arrays.fill(padded, length, padded.length, (byte) (padded.length - length));
        for (int at = length; at < padded.length; at++) {
            byte[] wrong = padded.clone();
            wrong[at] ^= 0x20;
            // Its own padding is a block more: what remains of the wrong one is not the beginning of a message.
            byte[] encrypted = Arrays.copyOf(cipher.encrypt(wrong), padded.length);
            QuadsReader reader = cipher.newReader();
            assertThat(reader.read(encrypted)).hasSizeLessThan(length);
            assertThat(reader.failure()).as("byte " + at).isInstanceOf(QuadsException.class);
            assertThat(reader.read(encrypted)).as("after the failure").isEmpty();
            if (at == padded.length - 1) {
                assertThatThrownBy(() -> cipher.decrypt(encrypted)).isInstanceOf(QuadsException.class);
            }
        }
    }

    @Test
    void messagesBeforeAFailureArePassedOn() {
        byte[] good = message(20);
        QuadsReader reader = cipher.newReader();
        byte[] stream = joined(List.of(cipher.encrypt(good), new byte[64]));
        assertThat(reader.read(stream)).startsWith(good);
        assertThat(reader.failure()).isNotNull();
    }

    /** The first byte decrypts to another item; with these keys none of the messages goes on as noise. */
    @Test
    void anotherKeyIsNoticed() throws IOException {
        QuadsKey other = QuadsKey.of(bytes(QuadsKey.KEY_BYTES, 3), bytes(QuadsKey.IV_BYTES, 4));
        for (QuadsVectors.Vector vector : QuadsVectors.all()) {
            QuadsReader reader = new QuadsCipher(other).newReader();
            reader.read(vector.cipher());
            reader.end();
            assertThat(reader.failure()).as(vector.name()).isInstanceOf(QuadsException.class);
            assertThat(reader.read(new QuadsCipher(other).encrypt(message(40)))).isEmpty();
            assertThatThrownBy(() -> new QuadsCipher(other).decrypt(vector.cipher()))
                    .isInstanceOf(QuadsException.class);
        }
    }

    @Test
    void aDatagramThatIsNotEncryptedIsRefusedAndTheNextOneIsDecrypted() throws IOException {
        for (int length : new int[] {0, 1, 15, 17, 32}) {
            assertThatThrownBy(() -> cipher.decrypt(bytes(length, 9))).isInstanceOf(QuadsException.class);
            assertThat(cipher.decrypt(cipher.encrypt(message(40)))).isEqualTo(message(40));
        }
    }

    @Test
    void theEndWithinAMessageIsAFailure() {
        byte[] encrypted = cipher.encrypt(message(32));
        for (int cut = 1; cut < encrypted.length; cut++) {
            QuadsReader reader = cipher.newReader();
            reader.read(Arrays.copyOf(encrypted, cut));
            assertThat(reader.failure()).isNull();
            reader.end();
            assertThat(reader.failure()).as("cut at " + cut).isInstanceOf(QuadsException.class);
        }
        QuadsReader unused = cipher.newReader();
        unused.end();
        assertThat(unused.failure()).isNull();
    }

    @Test
    void paddingTakesOneToSixteenBytes() {
        for (int length = 0; length < 100; length++) {
            assertThat(cipher.encrypt(new byte[length])).hasSize(QuadsCipher.encryptedBytes(length));
            assertThat(QuadsCipher.plainBytes(QuadsCipher.encryptedBytes(length)))
                    .isGreaterThanOrEqualTo(length);
        }
        assertThat(QuadsCipher.plainBytes(1232)).isEqualTo(1231);
        assertThat(QuadsCipher.plainBytes(1240)).isEqualTo(1231);
    }

    private static byte[] read(QuadsReader reader, byte[] stream, int step) {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        for (int from = 0; from < stream.length; from += step) {
            read.writeBytes(reader.read(Arrays.copyOfRange(stream, from, Math.min(from + step, stream.length))));
        }
        return read.toByteArray();
    }

    /** {@return an item of a length: a byte string of at most 255 bytes} */
    private static byte[] message(int length) {
        byte[] message = bytes(length, length);
        if (length <= 24) {
            message[0] = (byte) (0x40 + length - 1);
        } else {
            message[0] = 0x58;
            message[1] = (byte) (length - 2);
        }
        return message;
    }

    private static byte[] bytes(int length, int seed) {
        byte[] bytes = new byte[length];
        new SplittableRandom(seed).nextBytes(bytes);
        return bytes;
    }

    private static byte[] joined(List<byte[]> parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        parts.forEach(all::writeBytes);
        return all.toByteArray();
    }
}
