package io.grasp.samples.prefix.store;

import io.grasp.samples.prefix.store.StoreException.Reason;
import io.grasp.util.PrintableText;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.sqlite.NativeLibraryNotFoundException;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import org.sqlite.SQLiteOpenMode;

/**
 * A store in a file: an SQLite database, which the program {@code sqlite3} can read too while no node uses it. When
 * {@link #write} returns, the change has been forced to the disk ({@code synchronous=FULL}, and the same for the end of
 * the journal), so it survives the end of the process and of the power. A journal next to the file takes back a change
 * that was cut.
 *
 * <p>SQLite changes its pages in place. That a file has lost its end is therefore noticed; stores that only append to a
 * log, as H2 does, cannot distinguish it from a write that was cut, and would return to an older state, in which
 * delegated prefixes are free. Each row has a checksum. A file that is empty, removed or replaced is noticed, too
 * ({@link StoreFile}).
 *
 * <p>SQLite is native code, which the JVM loads from the directory {@code java.io.tmpdir}: it must permit
 * execution.
 *
 * <p>Tasks run on a thread of this store, a daemon that ends when it is idle. Each file is used by one store at a time.
 */
public final class FileStore implements PrefixStore {
    /** In the header of the file: "GPFX". */
    private static final int APPLICATION_ID = 0x47504658;

    private static final int FORMAT = 1;
    private static final List<String> TABLES = List.of("record", "log");
    private static final long IDLE_SECONDS = 10;
    private static final int SYNCHRONOUS_FULL = 2;
    private static final int PRIMARY_CODE = 0xFF;

    private final StoreFile file;
    private final ThreadPoolExecutor executor;

    /** Confined to the tasks, {@code null} unless it is open. */
    private @Nullable Connection connection;

    /**
     * A store in a file, which is opened by {@link #load}.
     *
     * @param file its path; it is created if neither it nor its journal exists, with its directory
     */
    public FileStore(Path file) {
        this.file = new StoreFile(file.toAbsolutePath());
        this.executor = new ThreadPoolExecutor(
                1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), FileStore::thread);
        executor.allowCoreThreadTimeOut(true);
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "grasp-prefix-store");
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void execute(Runnable task) {
        executor.execute(task);
    }

    /** Opens the file again only if it is the one that was open before: another one may have an older state. */
    @Override
    public StoreContent load() {
        Path place = prepared();
        disconnect();
        try {
            Connection opened = connect(place);
            connection = opened;
            check(opened);
            StoreContent content = new StoreContent(read(opened, "record"), read(opened, "log"));
            file.opened(place);
            return content;
        } catch (SQLException e) {
            disconnect();
            throw failure("open", e);
        } catch (StoreException e) {
            disconnect();
            throw e;
        }
    }

    private Path prepared() {
        try {
            return file.prepare(FileStore::emptyDatabase);
        } catch (SQLException e) {
            throw failure("open", e);
        }
    }

    private static byte[] emptyDatabase() throws SQLException {
        try (Connection memory = new SQLiteConfig().createConnection("jdbc:sqlite::memory:")) {
            execute(memory, "PRAGMA application_id = " + APPLICATION_ID);
            execute(memory, "PRAGMA user_version = " + FORMAT);
            for (String table : TABLES) {
                execute(
                        memory,
                        "CREATE TABLE " + table
                                + " (number INTEGER PRIMARY KEY, content TEXT NOT NULL, crc INTEGER NOT NULL)");
            }
            return ((SQLiteConnection) memory).serialize("main");
        }
    }

    private static Connection connect(Path place) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.resetOpenMode(SQLiteOpenMode.CREATE); // an empty file would be taken for an empty database
        config.setLockingMode(SQLiteConfig.LockingMode.EXCLUSIVE);
        config.setJournalMode(SQLiteConfig.JournalMode.PERSIST);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setTransactionMode(SQLiteConfig.TransactionMode.EXCLUSIVE);
        config.setBusyTimeout(0);
        return config.createConnection("jdbc:sqlite:" + place);
    }

    /** Locks the file, and requires that it is a store. */
    private void check(Connection opened) throws SQLException {
        if (number(opened, "PRAGMA synchronous") < SYNCHRONOUS_FULL) {
            throw new StoreException(Reason.UNAVAILABLE, "SQLite does not force changes to the disk", null);
        }
        execute(opened, "PRAGMA trusted_schema = OFF");
        execute(opened, "PRAGMA fullfsync = ON");
        opened.setAutoCommit(false);
        int application = number(opened, "PRAGMA application_id");
        int format = number(opened, "PRAGMA user_version");
        if (application != APPLICATION_ID) {
            throw new StoreException(Reason.FOREIGN, file + " is a database of another program", null);
        }
        if (format != FORMAT) {
            throw new StoreException(
                    Reason.FOREIGN,
                    file + " has the format " + format + ", but this version reads only the format " + FORMAT,
                    null);
        }
        for (String table : TABLES) {
            if (number(opened, "SELECT count(*) FROM sqlite_schema WHERE name = '" + table + "'") == 0) {
                throw damaged("a table is missing", null);
            }
        }
        opened.commit();
        requireIntact(opened);
    }

    private void requireIntact(Connection opened) throws SQLException {
        try (Statement statement = opened.createStatement();
                ResultSet result = statement.executeQuery("PRAGMA integrity_check(1)")) {
            String found = result.next() ? result.getString(1) : "no result";
            if (!found.equals("ok")) {
                throw damaged(PrintableText.of(found), null);
            }
        }
    }

    private Map<Long, String> read(Connection opened, String table) throws SQLException {
        Map<Long, String> rows = new TreeMap<>();
        try (Statement statement = opened.createStatement();
                ResultSet row = statement.executeQuery("SELECT number, content, crc FROM " + table)) {
            while (row.next()) {
                long number = row.getLong(1);
                String content = row.getString(2);
                if (row.getLong(3) != checksum(number, content)) {
                    throw damaged("the checksum of row " + number + " of the table " + table + " is wrong", null);
                }
                rows.put(number, content);
            }
        }
        return rows;
    }

    @Override
    public void write(StoreChange change) {
        Connection opened = connection;
        if (opened == null) {
            throw new StoreException(Reason.UNAVAILABLE, file + " is not open", null);
        }
        file.requireUnchanged();
        try {
            put(opened, "record", change.put());
            put(opened, "log", change.logged());
            remove(opened, "record", change.removed());
            remove(opened, "log", change.unlogged());
            opened.commit();
        } catch (SQLException e) {
            throw failure("write", e);
        }
        file.changed();
    }

    private static void put(Connection opened, String table, Map<Long, String> rows) throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        try (PreparedStatement statement =
                opened.prepareStatement("INSERT OR REPLACE INTO " + table + " VALUES (?, ?, ?)")) {
            for (Map.Entry<Long, String> row : rows.entrySet()) {
                statement.setLong(1, row.getKey());
                statement.setString(2, row.getValue());
                statement.setLong(3, checksum(row.getKey(), row.getValue()));
                statement.executeUpdate();
            }
        }
    }

    private static void remove(Connection opened, String table, Set<Long> numbers) throws SQLException {
        if (numbers.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = opened.prepareStatement("DELETE FROM " + table + " WHERE number = ?")) {
            for (Long number : numbers) {
                statement.setLong(1, number);
                statement.executeUpdate();
            }
        }
    }

    private static long checksum(long number, String content) {
        CRC32C checksum = new CRC32C();
        checksum.update(ByteBuffer.allocate(Long.BYTES).putLong(0, number));
        checksum.update(content.getBytes(StandardCharsets.UTF_8));
        return checksum.getValue();
    }

    private static void execute(Connection opened, String sql) throws SQLException {
        try (Statement statement = opened.createStatement()) {
            statement.execute(sql);
        }
    }

    private static int number(Connection opened, String sql) throws SQLException {
        try (Statement statement = opened.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            return result.next() ? result.getInt(1) : 0;
        }
    }

    @Override
    public void close() {
        disconnect();
        executor.shutdown();
    }

    /** Also takes back a change that failed. */
    private void disconnect() {
        Connection opened = connection;
        connection = null;
        if (opened != null) {
            try {
                opened.close();
            } catch (SQLException e) {
                // What was committed is on the disk, and the next load reads it.
            }
        }
    }

    private StoreException failure(String action, SQLException failure) {
        SQLiteErrorCode code = failure instanceof SQLiteException sqlite
                ? SQLiteErrorCode.getErrorCode(sqlite.getResultCode().code & PRIMARY_CODE)
                : SQLiteErrorCode.SQLITE_ERROR;
        String cannot = "cannot " + action + " " + file + ": ";
        return switch (code) {
            case SQLITE_BUSY, SQLITE_LOCKED ->
                new StoreException(
                        Reason.IN_USE,
                        cannot + "another process, or another prefix manager of this one, uses it",
                        failure);
            case SQLITE_NOTADB -> foreign(failure);
            case SQLITE_CORRUPT -> damaged(reason(failure), failure);
            case SQLITE_FULL -> new StoreException(Reason.FULL, cannot + "no space is left on the device", failure);
            default -> new StoreException(Reason.UNAVAILABLE, cannot + reason(failure), failure);
        };
    }

    private static String reason(SQLException failure) {
        String reason = failure.getCause() instanceof NativeLibraryNotFoundException
                ? "there is no native library of SQLite for " + System.getProperty("os.name") + " on "
                        + System.getProperty("os.arch") + ", or the temporary directory "
                        + System.getProperty("java.io.tmpdir") + " does not permit execution (option java.io.tmpdir)"
                : String.valueOf(failure.getMessage());
        return PrintableText.of(reason);
    }

    private StoreException foreign(@Nullable Throwable cause) {
        return new StoreException(Reason.FOREIGN, file + " is not a store of prefixes", cause);
    }

    private StoreException damaged(String how, @Nullable Throwable cause) {
        return new StoreException(Reason.CORRUPT, file + " is damaged: " + how, cause);
    }
}
