package io.grasp.substrate.netty.quads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.scheduler.NonBlocking;

/** Keys and their files. */
class QuadsKeyTest {
    /** As quadsmaker.py writes it for the password "graspy". */
    private static final String GRASPYS_FILE =
            "key=b\"igS'y\\xd7\\xd4C\\xd2\\x8b\\x95\\x07\\xe5e\\x17\\x95\\x7f\\\\\\x90\\xcd\\x91\\xabj\\xf0$[r\\xac\\xaa$!d\"\n"
                    + "iv=b'\\xd7\\xd4C\\xd2\\x8b\\x95\\x07\\xe5e\\x17\\x95\\x7f\\\\\\x90\\xcd\\x91'\n";

    @TempDir
    Path directory;

    private QuadsKey read(String text) throws IOException {
        return QuadsKey.read(Files.writeString(directory.resolve("quadsk.py"), text));
    }

    @Test
    void aFileOfGraspyIsRead() throws IOException {
        String key = "6967532779d7d443d28b9507e56517957f5c90cd91ab6af0245b72acaa242164";
        QuadsKey read = read("# QUADS keys\n\n" + GRASPYS_FILE.replace("\n", "\r\n"));
        assertThat(HexFormat.of().formatHex(read.key())).isEqualTo(key);
        assertThat(HexFormat.of().formatHex(read.iv())).isEqualTo("d7d443d28b9507e56517957f5c90cd91");
    }

    @Test
    void aLongFileIsRefused() {
        assertThatThrownBy(() -> read(GRASPYS_FILE + "#".repeat(20_000)))
                .isInstanceOf(QuadsException.class)
                .hasMessageContaining("more than 16384 bytes");
    }

    @Test
    void aFileIsWrittenAsGraspyWritesIt() throws IOException {
        QuadsKey key = read(GRASPYS_FILE);
        Path written = directory.resolve("new.py");
        key.write(written);
        assertThat(written).hasContent(GRASPYS_FILE);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(written)))
                .isEqualTo("rw-------");
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).hasSize(2);
        }
    }

    @Test
    void anExistingFileIsNotReplaced() throws IOException {
        Path written = Files.writeString(directory.resolve("new.py"), "another key");
        QuadsKey key = QuadsKey.of(new byte[32], new byte[16]);
        assertThatThrownBy(() -> key.write(written)).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(written).hasContent("another key");
        assertThatThrownBy(() -> key.write(directory.resolve("none").resolve("new.py")))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void everyKeyIsReadAsItWasWritten() throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        Path file = directory.resolve("any.py");
        for (int i = 0; i < 200; i++) {
            byte[] key = new byte[QuadsKey.KEY_BYTES];
            byte[] iv = new byte[QuadsKey.IV_BYTES];
            random.nextBytes(key);
            random.nextBytes(iv);
            if (i % 2 == 0) {
                System.arraycopy("'\"\\\t\n\r'x".getBytes(StandardCharsets.US_ASCII), 0, iv, 0, 8);
            }
            Files.deleteIfExists(file);
            QuadsKey.of(key, iv).write(file);
            QuadsKey read = QuadsKey.read(file);
            assertThat(read.key()).isEqualTo(key);
            assertThat(read.iv()).isEqualTo(iv);
        }
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '~',
            value = {
                "key='No key', there is no key",
                "key=b'secret', must be 32",
                "iv=b'secret', must be 16",
                "key='secret', not a bytes literal",
                "key=b'secret, not a bytes literal",
                "key=b'secret' + b'', not a bytes literal",
                "key=b'\\q', not a bytes literal",
                "key=b'\\x1', not a bytes literal",
                "key=b'\\777', not a bytes literal",
                "key=b'é', not a bytes literal",
                "key=b, not a bytes literal",
                "import secret, not an assignment",
                "# nothing, does not assign key"
            })
    void whatIsNotAKeyFileIsRefusedWithoutQuotingIt(String content, String why) {
        assertThatThrownBy(() -> read(content + "\n"))
                .isInstanceOf(QuadsException.class)
                .hasMessageContaining(why)
                .hasMessageContaining("quadsk.py")
                .hasMessageNotContaining("secret");
    }

    @Test
    void aHugeOrMissingFileIsRefused() {
        assertThatThrownBy(() -> read("#".repeat(20_000))).isInstanceOf(QuadsException.class);
        assertThatThrownBy(() -> QuadsKey.read(directory.resolve("none"))).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void aKeyCannotBeDerivedWhereNothingMayBlock() throws InterruptedException {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread loop = new Loop(() -> {
            try {
                QuadsKey.fromPassword("password".toCharArray());
            } catch (IllegalStateException e) {
                failure.set(e);
            }
        });
        loop.start();
        loop.join();
        assertThat(failure.get()).hasMessageContaining("would block").hasMessageNotContaining("password");
    }

    @Test
    void equalKeysHaveTheSameFingerprintAndOthersAnotherOne() {
        QuadsKey key = QuadsKey.fromPassword("horse battery".toCharArray());
        byte[] otherIv = key.iv();
        otherIv[0]++;

        assertThat(key.fingerprint())
                .isEqualTo(QuadsKey.of(key.key(), key.iv()).fingerprint())
                .isNotEqualTo(QuadsKey.of(key.key(), otherIv).fingerprint())
                .isNotEqualTo(
                        QuadsKey.fromPassword("horse batterz".toCharArray()).fingerprint())
                .matches("[0-9a-f]{4}-[0-9a-f]{4}");
        assertThat(QuadsKey.of(new byte[QuadsKey.KEY_BYTES], new byte[QuadsKey.IV_BYTES])
                        .fingerprint())
                .as("it is the same in each version of this library")
                .isEqualTo("6a30-2c34");
    }

    @Test
    void wrongLengthsAreRefusedAndSecretsAreNotPrinted() {
        assertThatThrownBy(() -> QuadsKey.fromPassword(new char[0])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> QuadsKey.of(new byte[16], new byte[16])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> QuadsKey.of(new byte[32], new byte[15])).isInstanceOf(IllegalArgumentException.class);
        assertThat(QuadsKey.of(new byte[32], new byte[16])).hasToString("QuadsKey");
    }

    private static final class Loop extends Thread implements NonBlocking {
        Loop(Runnable task) {
            super(task);
        }
    }
}
