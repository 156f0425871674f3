package io.grasp.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.host.HostEvent.StateChanged;
import io.grasp.substrate.netty.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;

/** A host with a directory whose files change. */
class HostDirectoryTest extends HostedNode {
    @TempDir
    private Path temporary;

    private Path asas;
    private TestJars jars;
    private HostDirectory directory;
    private Disposable watching = () -> {};

    @BeforeEach
    void makeDirectory() throws IOException {
        asas = Files.createDirectory(temporary.resolve("asas"));
        jars = new TestJars(asas);
        InstalledAsa ofProgram = InstalledAsa.of(() -> TestAsa.idle(AsaManifest.of("own", "1")));
        directory = HostDirectory.of(host, asas, HostDirectoryTest.class.getClassLoader(), List.of(ofProgram));
    }

    @AfterEach
    void stopWatching() {
        watching.dispose();
    }

    private void write(String lines) throws IOException {
        Path written = Files.writeString(temporary.resolve("written"), lines);
        Files.move(written, asas.resolve(HostDirectory.FILE), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    private void watch() {
        directory.load().block(BOUND);
        watching = directory.watch(Duration.ofMillis(20)).subscribe();
    }

    private long entered(String name, String version, LifeCycleState state) {
        return events.stream()
                .filter(event -> event instanceof StateChanged change
                        && change.name().equals(name)
                        && change.version().equals(version)
                        && change.state() == state)
                .count();
    }

    private void awaitEntered(String name, String version, LifeCycleState state) {
        Await.until(
                () -> name + " " + version + " " + state + " among " + events, () -> entered(name, version, state) > 0);
    }

    @Test
    void theFileSaysWhatRunsAndTheNewestVersionRuns() throws IOException {
        jars.jar("old.jar", TestJars.idle("one", "1.9"));
        jars.jar("new.jar", TestJars.idle("one", "1.10"));
        jars.jar("two.jar", TestJars.idle("two", "1"));
        jars.jar("more.jar", TestJars.idle("more", "1"));
        write("one\ntwo@1\n-more\nown\n");
        watch();

        awaitEntered("one", "1.10", LifeCycleState.OPERATIONAL);
        awaitEntered("two", "1", LifeCycleState.OPERATIONAL);
        awaitEntered("own", "1", LifeCycleState.OPERATIONAL);
        assertThat(host.asas().block(BOUND)).extracting(HostedAsaInfo::name).containsExactly("one", "two", "own");

        write("one@1.9\n-two\nmore\n");

        awaitEntered("one", "1.9", LifeCycleState.OPERATIONAL);
        awaitEntered("one", "1.10", LifeCycleState.UNDEPLOYED);
        awaitEntered("two", "1", LifeCycleState.STOPPED);
        awaitEntered("more", "1", LifeCycleState.OPERATIONAL);
    }

    @Test
    void aJarThatIsReplacedTakesOverAndOneThatComesLaterIsStarted() throws IOException {
        jars.jar("one.jar", TestJars.idle("one", "1"));
        write("one\nlater\n");
        watch();
        awaitEntered("one", "1", LifeCycleState.OPERATIONAL);
        awaitSentence("asas.txt line 2: no jar here has an ASA named later");

        jars.jar("one.jar", TestJars.idle("one", "2"));
        jars.jar("later.jar", TestJars.idle("later", "1"));

        awaitEntered("one", "2", LifeCycleState.OPERATIONAL);
        awaitEntered("one", "1", LifeCycleState.UNDEPLOYED);
        awaitEntered("later", "1", LifeCycleState.OPERATIONAL);
    }

    @Test
    void whatIsWrongIsToldOnceAndWhatRunsGoesOn() throws IOException {
        jars.jar("one.jar", TestJars.idle("one", "1"));
        write("one\n");
        watch();
        awaitEntered("one", "1", LifeCycleState.OPERATIONAL);

        Files.writeString(asas.resolve("text.jar"), "no jar");
        jars.jar("twin.jar", TestJars.idle("one", "1"));
        awaitSentence("text.jar cannot be used: it is no jar: ");
        awaitSentence("one 1 is in one.jar and in twin.jar, which is not used");
        write("one\none\n");
        awaitSentence("asas.txt line 2: one is in line 1, too");
        write("one most=1\n");
        awaitSentence("asas.txt line 1: one has no parameter most");
        write("one@3\n");
        awaitSentence("asas.txt line 1: there is no one 3, only 1");
        awaitEntered("one", "1", LifeCycleState.STOPPED);

        assertThat(events.stream().filter(event -> event.sentence().contains("text.jar")))
                .hasSize(1);
        assertThat(entered("one", "1", LifeCycleState.INSTANTIATED)).isEqualTo(1);
        write("one@1\n");
        Await.until("a second start", () -> entered("one", "1", LifeCycleState.OPERATIONAL) == 2);
    }

    @Test
    void aDirectoryWithoutTheFileIsRefused() {
        assertThatThrownBy(() -> directory.load().block(BOUND))
                .isInstanceOf(HostException.class)
                .hasMessageStartingWith("there is no file " + asas.resolve("asas.txt"));
    }
}
