package io.grasp.samples.control.client;

import io.grasp.samples.control.ControlPlaces;
import io.grasp.samples.text.Failures;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.QueryStringEncoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client of the control API of one node, over its Unix domain socket. Failures are {@link ControlException}s. */
public final class ControlClient implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(20);
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(5);
    private static final int MOST_BYTES = 64 * 1024 * 1024;
    private static final int PAGE_SIZE = 500;
    private static final Path OF_THE_SYSTEM = Path.of("/run/grasp", ControlPlaces.DAEMON);

    private final Path path;
    private final LoopResources loop = LoopResources.create("grasp-client", 1, true);
    private final HttpClient http;

    private ControlClient(Path path) {
        this.path = path;
        this.http = HttpClient.create(ConnectionProvider.newConnection())
                .runOn(loop, false)
                .remoteAddress(() -> UnixDomainSocketAddress.of(path));
    }

    /**
     * {@return a client of a node}
     *
     * @param path its socket; {@code null} for that of the daemon
     * @param environment the environment of the process
     * @throws ControlException if no node serves it, or one of another user
     */
    static ControlClient open(@Nullable Path path, Map<String, String> environment) {
        Path place = path == null ? ControlPlaces.daemon(environment) : path.toAbsolutePath();
        if (!Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
            throw new ControlException(missing(place, path == null));
        }
        requireOwn(place);
        try (SocketChannel connection = SocketChannel.open(UnixDomainSocketAddress.of(place))) {
            return new ControlClient(place);
        } catch (IOException | IllegalArgumentException e) {
            throw new ControlException("Nothing serves " + place + " (" + Failures.oneLine(e)
                    + "): the process that did has ended; start 'grasp daemon' again");
        }
    }

    /** {@return a client of the user's daemon, {@code null} if there is none} */
    static @Nullable ControlClient ofDaemon(Map<String, String> environment) {
        try {
            return open(null, environment);
        } catch (ControlException none) {
            return null;
        }
    }

    /** Another user's process at that place could show anything. Only root may look into the nodes of others. */
    private static void requireOwn(Path place) {
        try {
            long owner = ControlPlaces.owner(place);
            long user = ControlPlaces.user();
            if (owner != user && user != 0) {
                throw new ControlException(place + " belongs to another user (UID " + owner
                        + "): run this command as that user, or as root");
            }
        } catch (IOException | UnsupportedOperationException e) {
            throw new ControlException("Cannot read " + place + ": " + Failures.oneLine(e));
        }
    }

    private static String missing(Path place, boolean usual) {
        StringBuilder text = new StringBuilder(usual ? "No daemon runs: there is no " : "There is no ").append(place);
        List<Path> others = sockets(place.getParent());
        if (!others.isEmpty()) {
            text.append("; --via names another socket, such as ").append(others.get(0));
        } else if (usual && !place.equals(OF_THE_SYSTEM) && Files.exists(OF_THE_SYSTEM)) {
            text.append("; that of the system is ").append(OF_THE_SYSTEM).append(", for root: try sudo");
        } else {
            text.append("; start one with 'grasp daemon', or name the socket of another command by --via");
        }
        return text.toString();
    }

    private static List<Path> sockets(@Nullable Path directory) {
        if (directory == null || !Files.isReadable(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(ControlPlaces.SUFFIX))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** {@return the path of the socket} */
    public Path path() {
        return path;
    }

    /** {@return the version of this program, {@code null} if it was not built as a jar} */
    static @Nullable String version() {
        return ControlClient.class.getPackage().getImplementationVersion();
    }

    /** {@return a resource} Blocks. */
    JsonNode get(String target) {
        return answer(HttpMethod.GET, target, null, Duration.ZERO);
    }

    /** {@return the answer to a request} Blocks. */
    JsonNode send(HttpMethod method, String target, Object body) {
        return send(method, target, body, Duration.ZERO);
    }

    /**
     * {@return the answer to a request} Blocks.
     *
     * @param work the time that the node may take for what it is asked to do
     */
    JsonNode send(HttpMethod method, String target, Object body, Duration work) {
        return answer(method, target, body, work);
    }

    private JsonNode answer(HttpMethod method, String target, @Nullable Object body, Duration work) {
        Mono<JsonNode> answer = exchange(method, target, body, ControlClient::whole)
                .next()
                .map(JSON::readTree)
                .timeout(
                        LONGEST_ANSWER.plus(work),
                        Mono.error(() -> new ControlException("The daemon at " + path + " does not answer")));
        return blocking(answer);
    }

    /** {@return a list, from all its pages} Blocks. */
    List<JsonNode> list(String name) {
        List<JsonNode> all = new ArrayList<>();
        String next = "";
        do {
            JsonNode page = page(name, next);
            page.path("entries").forEach(all::add);
            next = Json.text(page, "next");
        } while (!next.isEmpty());
        return all;
    }

    /** {@return the first entries of a list} Blocks. */
    List<JsonNode> page(String name) {
        List<JsonNode> entries = new ArrayList<>();
        page(name, "").path("entries").forEach(entries::add);
        return entries;
    }

    private JsonNode page(String name, String after) {
        return get(
                switch (name) {
                    case "hosted", "limits", "drops" -> name;
                    default -> {
                        QueryStringEncoder target = new QueryStringEncoder(name);
                        target.addParam("size", Integer.toString(PAGE_SIZE));
                        if (!after.isEmpty()) {
                            target.addParam("after", after);
                        }
                        yield target.toString();
                    }
                });
    }

    /** {@return the events of a stream, which ends when the node does, or has done what it was asked for} */
    Flux<EventReader.Event> events(HttpMethod method, String target, @Nullable Object body) {
        return exchange(method, target, body, bytes -> {
                    EventReader reader = new EventReader(MOST_BYTES);
                    return bytes.concatMapIterable(reader::read);
                })
                .onErrorMap(this::described);
    }

    /** Handles the bytes of a successful answer. */
    private interface Reading<T> {
        Publisher<T> read(Flux<byte[]> bytes);
    }

    private <T> Flux<T> exchange(HttpMethod method, String target, @Nullable Object body, Reading<T> reading) {
        byte[] json = body == null ? new byte[0] : JSON.writeValueAsBytes(body);
        return http.headers(headers -> {
                    headers.set(HttpHeaderNames.HOST, "localhost");
                    headers.set(HttpHeaderNames.CONTENT_LENGTH, json.length);
                    if (body != null) {
                        headers.set(HttpHeaderNames.CONTENT_TYPE, "application/json");
                    }
                })
                .request(method)
                .uri("/v1/" + target)
                .send((request, out) -> out.sendByteArray(Mono.just(json)))
                .response((response, content) -> {
                    Flux<byte[]> bytes = content.asByteArray();
                    return response.status().code() < 400
                            ? reading.read(bytes)
                            : whole(bytes).flatMap(text -> Mono.error(problem(text)));
                });
    }

    private static Mono<byte[]> whole(Flux<byte[]> bytes) {
        return bytes.reduceWith(ByteArrayOutputStream::new, (all, part) -> {
                    if (all.size() + part.length > MOST_BYTES) {
                        throw new ControlException("The daemon has answered with more than " + MOST_BYTES + " bytes");
                    }
                    all.writeBytes(part);
                    return all;
                })
                .map(ByteArrayOutputStream::toByteArray);
    }

    private static ControlException problem(byte[] text) {
        try {
            return problem(JSON.readTree(text));
        } catch (JacksonException e) {
            return new ControlException("The daemon has answered: " + new String(text, StandardCharsets.UTF_8));
        }
    }

    /** {@return the failure that a description of a problem (RFC 9457) is} */
    static ControlException problem(JsonNode problem) {
        String detail = Json.text(problem, "detail");
        return new ControlException(
                detail.isEmpty() ? Json.text(problem, "title") : detail, Json.text(problem, "type"));
    }

    /** {@return the result} The failure of another one says what a user needs to know. */
    <T> T blocking(Mono<T> result) {
        T value;
        try {
            value = result.onErrorMap(this::described).block();
        } catch (ControlException e) {
            throw e.isUnknownRequest() ? withVersion(e) : e;
        }
        if (value == null) {
            throw ended();
        }
        return value;
    }

    private Throwable described(Throwable failure) {
        if (failure instanceof ControlException) {
            return failure;
        }
        if (failure instanceof JacksonException) {
            return new ControlException("What answers at " + path + " is no daemon of grasp: it does not send JSON");
        }
        return failure instanceof IOException ? ended() : failure;
    }

    private ControlException withVersion(ControlException refused) {
        try {
            String other = Json.text(get("status"), "version");
            String own = version();
            return other.isEmpty() || own == null || other.equals(own)
                    ? refused
                    : new ControlException(
                            refused.getMessage() + "; the daemon has version " + other + ", this program has " + own);
        } catch (ControlException e) {
            return refused;
        }
    }

    /** {@return the failure of a stream that the node has ended} */
    ControlException ended() {
        return new ControlException("The daemon at " + path + " has ended");
    }

    @Override
    public void close() {
        loop.disposeLater(Duration.ZERO, LONGEST_CLOSE).block();
    }
}
