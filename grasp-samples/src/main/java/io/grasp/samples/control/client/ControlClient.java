package io.grasp.samples.control.client;

import io.grasp.samples.control.ControlPlaces;
import io.grasp.samples.text.Failures;
import io.grasp.util.FileErrorText;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.QueryStringEncoder;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.NoopAddressResolverGroup;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
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
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(5);
    private static final int MOST_BYTES = 64 * 1024 * 1024;
    private static final int PAGE_SIZE = 500;

    /** A socket has a path: without this, the resolver of host names starts, and warns if the host has no DNS. */
    private static final AddressResolverGroup<SocketAddress> NO_NAMES = NoopAddressResolverGroup.INSTANCE;

    private final Path path;
    private final Times times;
    private final LoopResources loop = LoopResources.create("grasp-client", 1, true);
    private final HttpClient http;

    private ControlClient(Path path, Times times) {
        this.path = path;
        this.times = times;
        this.http = HttpClient.create(ConnectionProvider.newConnection())
                .runOn(loop, false)
                .resolver(NO_NAMES)
                .remoteAddress(() -> UnixDomainSocketAddress.of(path));
    }

    /**
     * How long a client waits.
     *
     * @param answer the maximum time of a node for an answer, beside that for what it is asked to do
     * @param silence the maximum time between two events or comments of a stream that does not end; comments come each
     *     15 s
     */
    record Times(Duration answer, Duration silence) {
        static final Times USUAL = new Times(Duration.ofSeconds(10), Duration.ofSeconds(60));
    }

    /**
     * {@return a client of a node}
     *
     * @param path its socket; {@code null} for that of the daemon, or of the only other command with a node
     * @param environment the environment of the process
     * @throws ControlException if no node serves it, or one of another user
     */
    static ControlClient open(@Nullable Path path, Map<String, String> environment) {
        return path == null
                ? ofNode(ControlPlaces.daemons(environment), ControlPlaces.directories(environment))
                : open(path.toAbsolutePath(), Times.USUAL);
    }

    /** {@return a client of the user's daemon or of that of the system, {@code null} if there is none} */
    static @Nullable ControlClient ofDaemon(Map<String, String> environment) {
        try {
            return ofDaemon(ControlPlaces.daemons(environment));
        } catch (ControlException none) {
            return null;
        }
    }

    /**
     * {@return a client of a daemon; if none runs, of the only other command that serves a socket}
     *
     * @param daemons the sockets of daemons
     * @param directories where those of other commands are
     * @throws ControlException if there is no such command, or more than one
     */
    static ControlClient ofNode(List<Path> daemons, List<Path> directories) {
        for (Path daemon : daemons) {
            try {
                return open(daemon, Times.USUAL);
            } catch (ControlException e) {
                // A socket remains after a crash. One that this user may not look for may be missing, too.
                if (!e.isUnserved() && Files.exists(daemon, LinkOption.NOFOLLOW_LINKS)) {
                    return ofDaemon(daemons);
                }
            }
        }
        List<ControlClient> served = new ArrayList<>();
        for (Path directory : directories) {
            for (Path socket : ControlPlaces.sockets(directory)) {
                try {
                    served.add(open(socket, Times.USUAL));
                } catch (ControlException unusable) {
                    // of a process that has ended, for example
                }
            }
        }
        if (served.size() == 1) {
            return served.get(0);
        }
        served.forEach(ControlClient::close);
        if (served.isEmpty()) {
            return ofDaemon(daemons);
        }
        throw new ControlException("No daemon runs, and several other commands have a node; name one by --via: "
                + served.stream().map(each -> each.path().toString()).collect(Collectors.joining(", ")));
    }

    /**
     * {@return a client of the first of these sockets that a daemon serves}
     *
     * @throws ControlException if there is none: why the first of them that exists cannot be used
     */
    static ControlClient ofDaemon(List<Path> places) {
        ControlException first = null;
        for (Path place : places) {
            try {
                if (!isMissing(place)) {
                    return open(place, Times.USUAL);
                }
            } catch (ControlException e) {
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw first;
        }
        throw new ControlException("No daemon runs: there is no "
                + places.stream().map(Path::toString).collect(Collectors.joining(", and no "))
                + others(
                        places.get(0),
                        "start one with 'grasp daemon', or name the socket of another command by --via"));
    }

    /** {@return whether nothing is there; not if this user may not look} */
    private static boolean isMissing(Path place) {
        return Files.notExists(place, LinkOption.NOFOLLOW_LINKS);
    }

    static ControlClient open(Path place, Times times) {
        if (isMissing(place)) {
            throw ControlException.unserved(
                    "There is no " + place + others(place, "start 'grasp daemon', or name another socket"));
        }
        requireOwnSocket(place);
        try {
            if (ControlPlaces.accepts(place)) {
                return new ControlClient(place, times);
            }
        } catch (ConnectException | IllegalArgumentException e) {
            throw ControlException.unserved("Nothing serves " + place + " (" + Failures.oneLine(e)
                    + "): the process that did has ended; start 'grasp daemon' again");
        } catch (IOException e) {
            throw unaccepting(place, " (" + Failures.oneLine(e) + ")");
        }
        throw unaccepting(place, "");
    }

    private static ControlException unaccepting(Path place, String reason) {
        return ControlException.silent(
                "The process that serves " + place + " does not accept connections" + reason + ": it may hang");
    }

    /**
     * Something else than a socket may be there, and another user's process at that place could show anything. Only
     * root may look into the nodes of others.
     */
    private static void requireOwnSocket(Path place) {
        try {
            if (!ControlPlaces.isSocket(place)) {
                throw new ControlException(place + " is not a socket"
                        + others(place, "name the control socket of a command, such as /run/grasp/control.sock"));
            }
            long owner = ControlPlaces.owner(place);
            long user = ControlPlaces.user();
            if (owner != user && user != 0) {
                throw new ControlException(place + " belongs to another user (UID " + owner
                        + "): run this command as that user, or as root");
            }
        } catch (AccessDeniedException e) {
            throw new ControlException("This user may not look into " + place.getParent()
                    + ": run this command as the user of the daemon, or as root, for example by sudo");
        } catch (IOException e) {
            throw new ControlException("Cannot use " + place + ": " + FileErrorText.reason(e));
        } catch (UnsupportedOperationException e) {
            throw new ControlException("This system has no file permissions, which protect the control API");
        }
    }

    private static String others(Path place, String otherwise) {
        List<Path> others = ControlPlaces.sockets(place.getParent()).stream()
                .filter(ControlClient::isServed)
                .toList();
        return "; " + (others.isEmpty() ? otherwise : "--via names another socket, such as " + others.get(0));
    }

    /** {@return whether a process accepts connections there, and this user may use it} */
    private static boolean isServed(Path socket) {
        try {
            return ControlPlaces.accepts(socket);
        } catch (IOException | IllegalArgumentException unusable) {
            return false;
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
                .timeout(times.answer.plus(work), Mono.error(() -> silent(times.answer.plus(work))));
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

    /** {@return the events of a stream that ends when the node does} */
    Flux<EventReader.Event> events(String target) {
        return events(HttpMethod.GET, target, null, times.silence);
    }

    /**
     * {@return the events of a stream that ends when the node has done what it was asked for}
     *
     * @param work the time that the node may take for it
     */
    Flux<EventReader.Event> results(String target, Object body, Duration work) {
        return events(HttpMethod.POST, target, body, times.answer.plus(work));
    }

    /** A stream begins with a comment. */
    private Flux<EventReader.Event> events(HttpMethod method, String target, @Nullable Object body, Duration silence) {
        return exchange(method, target, body, bytes -> {
                    EventReader reader = new EventReader(MOST_BYTES);
                    return bytes.concatMapIterable(reader::read);
                })
                .timeout(
                        Mono.delay(times.answer).then(Mono.<Long>error(() -> silent(times.answer))),
                        event -> Mono.delay(silence).then(Mono.error(() -> silent(silence))))
                .onErrorMap(this::described);
    }

    private ControlException silent(Duration time) {
        return ControlException.silent("The daemon at " + path + " has not answered within " + time.toMillis()
                + " ms: it may hang, or be stopped");
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
            return new ControlException("What answers at " + path + " is not a daemon of grasp: it does not send JSON");
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
