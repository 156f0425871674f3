package io.grasp.samples.prefix.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.samples.prefix.store.StoreException.Reason;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStoreTest {
    @TempDir
    private Path directory;

    private Path file() {
        return directory.resolve("state/prefixes.db");
    }

    private FileStore store;

    private FileStore open() {
        store = new FileStore(file());
        return store;
    }

    @AfterEach
    void close() {
        if (store != null) {
            store.close();
        }
    }

    @Test
    void whatWasWrittenIsReadAgain() throws IOException {
        assertThat(open().load()).isEqualTo(StoreContent.EMPTY);
        store.write(new StoreChange(Map.of(1L, "one", 2L, "two €"), Set.of(), Map.of(7L, "seven"), Set.of()));
        store.write(new StoreChange(Map.of(1L, "uno"), Set.of(2L), Map.of(8L, "eight"), Set.of(7L)));
        assertThat(store.load()).isEqualTo(new StoreContent(Map.of(1L, "uno"), Map.of(8L, "eight")));
        store.close();
        assertThat(open().load()).isEqualTo(new StoreContent(Map.of(1L, "uno"), Map.of(8L, "eight")));
        store.close();
        try (Stream<Path> files = Files.list(file().getParent())) {
            assertThat(files).allMatch(file -> file.getFileName().toString().startsWith("prefixes.db"));
        }
    }

    @Test
    void aFileIsUsedByOneStoreAtATime() {
        open().load();
        FileStore second = new FileStore(file());
        refused(second, Reason.IN_USE, "uses it");
        store.close();
        assertThat(second.load()).isEqualTo(StoreContent.EMPTY);
        second.close();
    }

    @Test
    void anotherFileIsRefusedAndNotChanged() throws Exception {
        Files.createDirectories(file().getParent());
        for (String content : new String[] {"x", "not a database".repeat(1_000), "SQLite format 3\0".repeat(500)}) {
            Files.writeString(file(), content);
            refused(open(), Reason.FOREIGN, "is not a store of prefixes");
            assertThat(Files.readString(file())).isEqualTo(content);
            store.close();
        }
        Files.delete(file());
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file())) {
            other.createStatement().execute("CREATE TABLE record (number INTEGER)");
        }
        byte[] before = Files.readAllBytes(file());
        refused(open(), Reason.FOREIGN, "is a database of another program");
        assertThat(Files.readAllBytes(file())).isEqualTo(before);
        store.close();

        Files.delete(file());
        open().load();
        store.close();
        try (Connection later = DriverManager.getConnection("jdbc:sqlite:" + file())) {
            later.createStatement().execute("PRAGMA user_version = 2");
        }
        refused(open(), Reason.FOREIGN, "has the format 2, but this version reads only the format 1");
    }

    private Path journal() {
        return file().resolveSibling("prefixes.db-journal");
    }

    private static StoreChange one() {
        return new StoreChange(Map.of(1L, "one"), Set.of(), Map.of(), Set.of());
    }

    private static StoreChange two() {
        return new StoreChange(Map.of(2L, "two"), Set.of(), Map.of(), Set.of());
    }

    private FileStore openWithOne() {
        open().load();
        store.write(one());
        return store;
    }

    @Test
    void aFileThatHasLostItsContentIsRefusedAndNotChanged() throws IOException {
        openWithOne().close();
        byte[] journal = Files.readAllBytes(journal());
        Files.write(file(), new byte[0]);
        refused(open(), Reason.CORRUPT, "it is empty; if no prefix was delegated from it, remove it and ");
        assertThat(file()).isEmptyFile();
        assertThat(Files.readAllBytes(journal())).isEqualTo(journal);
        store.close();

        Files.delete(file());
        refused(open(), Reason.CORRUPT, "it is missing, but its journal is not; if no prefix was delegated from it, ");
        assertThat(file()).doesNotExist();
        assertThat(Files.readAllBytes(journal())).isEqualTo(journal);
        store.close();

        Files.delete(journal());
        Files.createSymbolicLink(file(), directory.resolve("unmounted"));
        refused(open(), Reason.CORRUPT, "it is a link to a file that does not exist");
        store.close();

        Files.delete(file());
        Files.createFile(file());
        refused(open(), Reason.CORRUPT, "it is empty");
        store.close();

        Files.delete(file());
        assertThat(open().load()).isEqualTo(StoreContent.EMPTY);
    }

    @Test
    void aStoreWithoutItsTablesIsRefused() throws Exception {
        openWithOne().close();
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file())) {
            other.createStatement().execute("DROP TABLE record");
        }
        refused(open(), Reason.CORRUPT, "a table is missing");
        store.close();
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file())) {
            other.createStatement().execute("DROP TABLE log");
            other.createStatement().execute("PRAGMA application_id = 0");
        }
        refused(open(), Reason.FOREIGN, "is a database of another program");
    }

    @Test
    void aNewFileIsWholeBeforeItHasItsName() throws IOException {
        open().load();
        store.close();
        assertThat(Files.size(file())).isGreaterThan(8_000);
        try (Stream<Path> files = Files.list(file().getParent())) {
            assertThat(files).containsExactly(file());
        }
    }

    @Test
    void aFileThatIsALinkIsUsedWhereItIs() throws IOException {
        Path other = directory.resolve("other.db");
        FileStore first = new FileStore(other);
        first.load();
        first.write(one());
        first.close();
        Files.createDirectories(file().getParent());
        Files.createSymbolicLink(file(), other);

        assertThat(open().load().records()).isEqualTo(Map.of(1L, "one"));
        store.write(two());

        assertThat(store.load().records()).hasSize(2);
        Files.delete(other);
        notWritten("was removed or replaced");
    }

    /** Nothing that was written after that would be found again. */
    @Test
    void aFileThatIsRemovedOrReplacedWhileItIsUsedTakesNoChangesUntilItIsBack() throws IOException {
        openWithOne();
        Path away = directory.resolve("away.db");

        Files.move(file(), away);
        notWritten("was removed or replaced");
        notLoaded();
        assertThat(file()).doesNotExist();

        Files.copy(away, file());
        notWritten("was removed or replaced");
        notLoaded();

        Files.move(away, file(), StandardCopyOption.REPLACE_EXISTING);
        assertThat(store.load().records()).isEqualTo(Map.of(1L, "one"));
        store.write(two());
        store.close();
        assertThat(open().load().records()).hasSize(2);
    }

    @Test
    void aFileThatLosesItsContentWhileItIsUsedTakesNoChanges() throws IOException {
        openWithOne();
        Files.write(file(), new byte[0]);
        notWritten("has another size than it had");
        refused(store, Reason.CORRUPT, "it is empty");
    }

    /** SQLite would go on with the removed journal, and a crash in the middle of a change would damage the file. */
    @Test
    void aJournalThatIsRemovedOrReplacedWhileItIsUsedTakesNoChanges() throws IOException {
        openWithOne();
        Files.delete(journal());
        notWritten("its journal was removed or replaced");
        assertThat(store.load().records()).isEqualTo(Map.of(1L, "one"));
        store.write(two());
        assertThat(store.load().records()).hasSize(2);
        store.write(one());

        Path away = Files.move(journal(), directory.resolve("away"));
        Files.copy(away, journal());
        notWritten("its journal was removed or replaced");
        notLoaded();
        Files.move(away, journal(), StandardCopyOption.REPLACE_EXISTING);
        assertThat(store.load().records()).hasSize(2);
    }

    private void notWritten(String message) {
        assertThatThrownBy(() -> store.write(two()))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(message);
    }

    private void notLoaded() {
        refused(store, Reason.UNAVAILABLE, "was removed or replaced");
    }

    @Test
    void aFileWithoutItsEndIsRefused() throws IOException {
        fill(500);
        long size = Files.size(file());
        assertThat(size).isGreaterThan(20 * 4096);
        byte[] whole = Files.readAllBytes(file());
        for (long lost : new long[] {1, 4095, 4096, size / 2, size - 4096, size - 100}) {
            Files.write(file(), whole);
            try (RandomAccessFile cut = new RandomAccessFile(file().toFile(), "rw")) {
                cut.setLength(size - lost);
            }
            assertThatThrownBy(() -> open().load())
                    .isInstanceOfSatisfying(
                            StoreException.class,
                            failure -> assertThat(failure.reason()).isIn(Reason.CORRUPT, Reason.FOREIGN));
            store.close();
        }
    }

    /** It is either noticed, or in a place that has no content. */
    @Test
    void changedBytesAreRefusedOrHaveNoMeaning() throws IOException {
        Map<Long, String> content = fill(100);
        byte[] whole = Files.readAllBytes(file());
        long seed = 8992;
        SplittableRandom random = new SplittableRandom(seed);
        int refused = 0;
        for (int i = 0; i < 60; i++) {
            byte[] changed = whole.clone();
            changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
            Files.write(file(), changed);
            try {
                assertThat(open().load())
                        .as("seed %d, change %d", seed, i)
                        .isEqualTo(new StoreContent(content, Map.of()));
            } catch (StoreException e) {
                assertThat(e.reason()).isIn(Reason.CORRUPT, Reason.FOREIGN);
                refused++;
            }
            store.close();
        }
        assertThat(refused).isGreaterThan(20);
    }

    private Map<Long, String> fill(int records) {
        Map<Long, String> content = new HashMap<>();
        for (long i = 1; i <= records; i++) {
            content.put(i, "record " + i + " " + "x".repeat(150));
        }
        open().load();
        store.write(new StoreChange(content, Set.of(), Map.of(), Set.of()));
        store.close();
        return content;
    }

    @Test
    void aPathThatCannotBeOpenedIsRefused() throws IOException {
        Files.createDirectories(file());
        refused(open(), Reason.UNAVAILABLE, "cannot open");
        store.close();
        Path ordinary = Files.createFile(directory.resolve("file"));
        refused(new FileStore(ordinary.resolve("prefixes.db")), Reason.UNAVAILABLE, "cannot create the directory");
    }

    @Test
    void aStoreThatIsNotOpenRefusesToWrite() {
        assertThatThrownBy(() -> open().write(new StoreChange(Map.of(1L, "one"), Set.of(), Map.of(), Set.of())))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("is not open");
    }

    @Test
    void tasksRunInOrderOnOneThreadUntilItIsClosed() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(2);
        open();
        StringBuffer order = new StringBuffer();
        for (String each : new String[] {"a", "b"}) {
            store.execute(() -> {
                order.append(each).append(Thread.currentThread().getName());
                done.countDown();
            });
        }
        assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(order).hasToString("agrasp-prefix-storebgrasp-prefix-store");
        store.close();
        assertThatThrownBy(() -> store.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
    }

    private static void refused(FileStore store, Reason reason, String message) {
        assertThatThrownBy(store::load)
                .isInstanceOfSatisfying(
                        StoreException.class,
                        failure -> assertThat(failure.reason())
                                .as(failure.getMessage())
                                .isEqualTo(reason))
                .hasMessageContaining(message);
    }
}
