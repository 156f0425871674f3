package io.grasp.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients of a control socket that read everything: 48 watch links, 47 floods and 5 sessions, and one asks for pages. One thread reads them all, and costs as little as possible.
 */
final class ControlClients implements AutoCloseable {
    private static final int LINKS = 48;
    private static final int FLOODS = 47;
    private static final int SESSIONS = 5;

    private final Path path;
    private final String periodMillis;
    private final long pageNanos;
    private final Selector selector;
    private final List<SocketChannel> channels = new ArrayList<>();
    private final SocketChannel pages;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong pageBytes = new AtomicLong();
    private final AtomicLong requested = new AtomicLong();
    /** Whether the last page has come. */
    private boolean answered = true;

    private final Thread reader = new Thread(this::read, "clients");

    /**
     * Connects the clients.
     *
     * @param path the control socket
     * @param periodMillis the time between two batches of events
     * @param pagesPerSecond how many pages are asked for in a second
     */
    ControlClients(Path path, int periodMillis, int pagesPerSecond) throws IOException {
        this.path = path;
        this.periodMillis = "?period-millis=" + periodMillis;
        this.pageNanos = 1_000_000_000L / pagesPerSecond;
        selector = Selector.open();
        watch("links", LINKS);
        watch("floods", FLOODS);
        watch("sessions", SESSIONS);
        pages = connect();
        reader.setDaemon(true);
        reader.start();
    }

    private void watch(String events, int clients) throws IOException {
        for (int i = 0; i < clients; i++) {
            request(connect(), "events/" + events + periodMillis);
        }
    }

    private SocketChannel connect() throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channels.add(channel);
        channel.connect(UnixDomainSocketAddress.of(path));
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ);
        return channel;
    }

    private static void request(SocketChannel channel, String target) throws IOException {
        ByteBuffer request = ByteBuffer.wrap(
                ("GET /v1/" + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        if (channel.write(request) < request.capacity()) {
            throw new IOException("a request was not sent");
        }
    }

    private void read() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 18);
        long next = System.nanoTime();
        try {
            while (selector.isOpen()) {
                long now = System.nanoTime();
                if (now - next >= 0) {
                    if (answered) {
                        answered = false;
                        request(pages, "sessions");
                        requested.incrementAndGet();
                    }
                    next += pageNanos;
                }
                selector.select(
                        key -> read((SocketChannel) key.channel(), buffer), Math.max(1, (next - now) / 1_000_000));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ClosedSelectorException ended) {
            // closed
        }
    }

    private void read(SocketChannel from, ByteBuffer buffer) {
        try {
            int read = from.read(buffer.clear());
            if (read < 0) {
                throw new IOException("the node has cut a client");
            }
            if (from.equals(pages)) {
                answered = true;
                pageBytes.addAndGet(read);
            } else {
                bytes.addAndGet(read);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return what they have read so far} */
    String summary() {
        if (!reader.isAlive()) {
            throw new IllegalStateException("the clients have ended");
        }
        return String.format(
                Locale.ROOT,
                "; the clients read %,d kB of events, and %,d kB of %d pages",
                bytes.get() / 1000,
                pageBytes.get() / 1000,
                requested.get());
    }

    @Override
    public void close() throws IOException {
        selector.close();
        try {
            reader.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        for (SocketChannel channel : channels) {
            channel.close();
        }
    }
}
