package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.samples.quads.QuadsPledge;
import io.grasp.substrate.netty.quads.QuadsKey;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The options and commands for QUADS. */
class QuadsCommandsTest {
    private static final String NOOP_ENCRYPTED = "26c4bb7cf742ff3c7fef4d84338910e4";

    @TempDir
    Path directory;

    private final Town town = new Town();
    private Path key;
    private Path password;

    @BeforeEach
    void write() throws IOException {
        key = directory.resolve("quadsk.py");
        QuadsKey.fromPassword("graspy".toCharArray()).write(key);
        password = Files.writeString(directory.resolve("password"), "graspy\r\nthe second line");
    }

    @AfterEach
    void close() {
        town.close();
    }

    @Test
    void aPledgeReplacesOnlyAFileThatItHasWrittenItself() throws IOException {
        Path file = directory.resolve("new.py");
        QuadsPledge.Store store = QuadsEnrollCommand.storeIn(file);
        store.put(QuadsKey.of(new byte[32], new byte[16]));
        QuadsKey second = QuadsKey.read(key);
        store.put(second);
        assertThat(QuadsKey.read(file).key()).isEqualTo(second.key());
        assertThatThrownBy(() -> QuadsEnrollCommand.storeIn(file).put(second))
                .isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void aKeyIsTheAssertionThatTheLinksAreProtectedAndWarns() {
        town.briggs(town.node(), 1, line -> {}, round -> {});
        for (String[] options :
                new String[][] {{"--quads-key", key.toString()}, {"--quads-password-file", password.toString()}}) {
            Cli.Run run = Cli.runIn(town, "discover", "EX3", "--json", "--timeout", "100", options[0], options[1]);
            assertThat(run.code()).as("%s", run.err()).isZero();
            assertThat(run.err())
                    .singleElement()
                    .asString()
                    .startsWith("grasp: warning: ")
                    .contains("no integrity");
        }
    }

    @Test
    void whatIsNoKeyIsRefusedInOneLineWithoutQuotingIt() throws IOException {
        Path wrong = Files.writeString(directory.resolve("wrong.py"), "key=b'secret'\n");
        assertRefused("cannot read " + wrong + ": ", "--quads-key", wrong.toString());
        Path missing = directory.resolve("missing");
        assertRefused("there is no file " + missing, "--quads-key", missing.toString());
        assertRefused("there is no file " + missing, "--quads-password-file", missing.toString());
        assertRefused("cannot read " + directory + ": Is a directory", "--quads-key", directory.toString());
        Path empty = Files.writeString(directory.resolve("empty"), "\nsecret");
        assertRefused("cannot read " + empty + ": its first line is empty", "--quads-password-file", empty.toString());
    }

    @Test
    void aKeyAndAPasswordExcludeEachOther() {
        Cli.Run both =
                Cli.runIn(town, "gray", "--quads-key", key.toString(), "--quads-password-file", password.toString());
        assertThat(both.code()).isEqualTo(2);
        assertThat(both.err())
                .containsExactly(
                        "grasp: --quads-key and --quads-password-file exclude each other", "Try 'grasp gray --help'.");
    }

    /** Without a warning: no message is encrypted. */
    private void assertRefused(String why, String option, String file) {
        Cli.Run run = Cli.runIn(town, "gray", option, file);
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).hasSize(2);
        assertThat(run.err().get(0)).startsWith("grasp: " + option + ": " + why).doesNotContain("secret");
    }

    @Test
    void encryptedMessagesAreDecoded() {
        for (String[] options :
                new String[][] {{"--quads-key", key.toString()}, {"--quads-password-file", password.toString()}}) {
            Cli.Run run = Cli.run("decode", options[0], options[1], NOOP_ENCRYPTED + NOOP_ENCRYPTED);
            assertThat(run.out()).hasSize(2).allMatch(line -> line.startsWith("M_NOOP, 2 bytes"));
            assertThat(run.code()).isZero();
        }
        Cli.Run plain = Cli.run("decode", "--quads-key", key.toString(), "8100");
        assertThat(plain.out()).isEmpty();
        assertThat(plain.err()).containsExactly("grasp: not encrypted with this QUADS key");
        assertThat(plain.code()).isEqualTo(1);
    }

    @Test
    void enrolmentRunsInTheClearAndKeepsAnExistingFile() throws IOException {
        String[] enroll = {
            "quads-enroll", "--password-file", password.toString(), "--output", key.toString(), "--assume-secure"
        };
        byte[] before = Files.readAllBytes(key);
        Cli.Run exists = Cli.runIn(town, enroll);
        assertThat(exists.code()).isEqualTo(2);
        assertThat(exists.err().get(0)).contains("exists already");
        assertThat(Files.readAllBytes(key)).isEqualTo(before);
        enroll[4] = directory.resolve("new.py").toString();
        enroll[5] = "--quads-key=" + key;
        assertThat(Cli.runIn(town, enroll).err().get(0)).contains("in the clear");
        Cli.Run registrar = Cli.runIn(
                town,
                "quads-registrar",
                "--keys",
                key.toString(),
                "--password-file",
                password.toString(),
                "--quads-key=" + key);
        assertThat(registrar.code()).isEqualTo(2);
    }
}
