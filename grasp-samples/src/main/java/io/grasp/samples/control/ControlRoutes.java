package io.grasp.samples.control;

import io.grasp.api.Grasp;
import io.grasp.host.AsaHost;
import io.grasp.host.HostedAsaInfo;
import io.grasp.inspection.EventOptions;
import io.grasp.inspection.Page;
import io.grasp.inspection.PageRequest;
import io.grasp.model.GraspException;
import io.grasp.samples.node.LogLevels;
import io.grasp.samples.prefix.Prefix;
import io.grasp.samples.prefix.manager.PrefixManager;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * The routes of the control API over one running node, for any number of HTTP servers on one loop, such as one on a
 * Unix domain socket and one on TCP. It knows no users: a server lets in only requests that may do everything.
 *
 * <p>Each server has bounds of its own for requests and operations, so that the clients of one do not keep those of
 * another from being answered. The streams of events are bounded for all servers together. All of its state is
 * confined to the loop.
 */
public final class ControlRoutes {
    /** The beginning of all paths. */
    public static final String PREFIX = "/v1/";

    private static final String EVENTS = PREFIX + "events/";

    /** The maximum number of a server's requests that are answered at one time, apart from those that take long. */
    static final int MOST_REQUESTS = 32;

    /** The maximum number of operations of the node that run at one time for the clients of a server. */
    static final int MOST_OPERATIONS = 32;

    /** The maximum number of bytes of a request's body. */
    static final int MOST_BODY_BYTES = 64 * 1024;

    private static final int OK = 200;
    private static final int ACCEPTED = 202;
    private static final int BAD_REQUEST = 400;
    private static final Duration REQUEST_TIME = Duration.ofSeconds(10);
    private static final String JSON = "application/json";
    static final String PROBLEM = "application/problem+json";
    private static final Set<String> NO_NAMES = Set.of();
    private static final Set<String> PAGE_PARAMETERS = Set.of("size", "after", "value-bytes");
    private static final Set<String> EVENT_PARAMETERS = Set.of("rate", "period-millis", "value-bytes");

    private final Map<String, Map<HttpMethod, Route>> routes = new LinkedHashMap<>();
    private final Scheduler scheduler;
    private final LogLevels log;
    private final Runnable stop;
    private final EventStreams streams;
    private final NodeOperations operations = new NodeOperations();
    private final PrefixOperations prefixes = new PrefixOperations();
    private final byte[] openApi = openApi();
    private volatile @Nullable Grasp node;
    private volatile @Nullable AsaHost host;

    /**
     * The routes of a node that is not there yet.
     *
     * @param scheduler the only thread of the servers' loop
     * @param heartbeat the time between two comments in a stream of events
     * @param log what the node logs
     * @param stop stops the command that runs the node; must not block
     */
    ControlRoutes(Scheduler scheduler, Duration heartbeat, LogLevels log, Runnable stop) {
        this.scheduler = scheduler;
        this.log = log;
        this.stop = stop;
        this.streams = new EventStreams(scheduler, heartbeat);
        addPages();
        addEvents();
        addActions();
        addOperations();
        addPrefixes();
    }

    private static byte[] openApi() {
        try (InputStream text = ControlRoutes.class.getResourceAsStream("openapi.json")) {
            if (text == null) {
                throw new IllegalStateException("openapi.json is missing");
            }
            return text.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From now on, requests are answered by this node; before, they are refused. */
    public void serve(Grasp grasp) {
        node = grasp;
    }

    /** From now on, requests about prefixes are answered by this manager; without one, they are refused. */
    void servePrefixes(Optional<PrefixManager> manager) {
        prefixes.serve(manager);
    }

    /** From now on, requests about hosted ASAs are answered by this host; before, there are none. */
    public void serve(AsaHost asas) {
        host = asas;
    }

    private Mono<List<HostedAsaInfo>> hosted() {
        AsaHost present = host;
        return present == null ? Mono.just(List.of()) : present.asas();
    }

    /** {@return the paths with their methods} */
    Map<String, Set<String>> paths() {
        Map<String, Set<String>> paths = new TreeMap<>();
        routes.forEach((path, methods) -> {
            Set<String> names = new TreeSet<>();
            methods.keySet().forEach(method -> names.add(method.name()));
            paths.put(path, names);
        });
        return paths;
    }

    /** Answers a request. */
    @FunctionalInterface
    private interface Route {
        Publisher<Void> answer(Bounds bounds, HttpServerRequest request, HttpServerResponse response);
    }

    /**
     * What the clients of one server may have.
     *
     * @param requests how many requests are being answered
     * @param operations how many operations take place
     * @param keyFingerprint whether they may see that of the shared key, against which passwords can be tried
     */
    private record Bounds(Bound requests, Bound operations, boolean keyFingerprint) {
        Bounds(boolean keyFingerprint) {
            this(new Bound(MOST_REQUESTS, "requests"), new Bound(MOST_OPERATIONS, "operations"), keyFingerprint);
        }
    }

    /** How many of what takes place at one time. */
    private static final class Bound {
        private final int most;
        private final String what;
        private int number;

        Bound(int most, String what) {
            this.most = most;
            this.what = what;
        }

        Mono<Void> within(Supplier<Mono<Void>> work) {
            return Mono.using(this::begin, begun -> work.get(), begun -> number--);
        }

        private Integer begin() {
            if (number >= most) {
                throw Problem.tooMany(most, what);
            }
            return number++;
        }
    }

    /**
     * The answer to a request.
     *
     * @param status its status
     * @param json returns the JSON, on the loop
     */
    private record Answer(int status, Supplier<byte[]> json) {
        static Answer ok(Supplier<byte[]> json) {
            return new Answer(OK, json);
        }

        /** {@return an answer that is an object with these members} */
        static Answer object(Consumer<JsonWriter> members) {
            return ok(() -> JsonWriter.object(members));
        }
    }

    private void add(HttpMethod method, String path, Route route) {
        routes.computeIfAbsent(PREFIX + path, first -> new LinkedHashMap<>()).put(method, route);
    }

    /** Adds a route with one answer, which it begins to prepare when it is called. */
    private void answer(HttpMethod method, String path, Function<HttpServerRequest, Mono<Answer>> answers) {
        answer(method, path, Bounds::requests, answers);
    }

    private void answer(
            HttpMethod method,
            String path,
            Function<Bounds, Bound> bound,
            Function<HttpServerRequest, Mono<Answer>> answers) {
        add(
                method,
                path,
                (bounds, request, response) ->
                        answer(bound.apply(bounds), request, response, () -> answers.apply(request)));
    }

    private Mono<Void> answer(
            Bound bound, HttpServerRequest request, HttpServerResponse response, Supplier<Mono<Answer>> answers) {
        return bound.within(() -> Mono.defer(answers)
                .publishOn(scheduler)
                .onErrorResume(failure -> Mono.just(problem(failure)))
                .flatMap(answer -> send(request, response, answer)));
    }

    private static Answer problem(Throwable failure) {
        Problem problem = Problem.of(failure);
        return new Answer(problem.status(), problem::json);
    }

    private static Mono<Void> send(HttpServerRequest request, HttpServerResponse response, Answer answer) {
        byte[] json = answer.json().get();
        response.status(answer.status())
                .header(HttpHeaderNames.CONTENT_TYPE, answer.status() < BAD_REQUEST ? JSON : PROBLEM)
                .header(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(json.length))
                .header(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .header("X-Content-Type-Options", "nosniff");
        return request.method().equals(HttpMethod.HEAD)
                ? response.send()
                : response.sendByteArray(Mono.just(json)).then();
    }

    private static Mono<Void> send(HttpServerRequest request, HttpServerResponse response, Flux<SseFrame> frames) {
        response.sse().header(HttpHeaderNames.CACHE_CONTROL, "no-store").header("X-Content-Type-Options", "nosniff");
        return request.method().equals(HttpMethod.HEAD)
                ? response.send()
                : response.send(frames.map(SseFrame::buffer), each -> true).then();
    }

    /**
     * {@return the handler of one HTTP server that runs on this object's loop} It answers each request.
     *
     * @param withKeyFingerprint whether the status shows the fingerprint of the key that the nodes share; not if other
     *     users can read it, because passwords can be tried against it
     */
    public BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> newHandler(boolean withKeyFingerprint) {
        Bounds bounds = new Bounds(withKeyFingerprint);
        return (request, response) -> Mono.defer(() -> Mono.from(route(request).answer(bounds, request, response)))
                .onErrorResume(Problem.class, problem -> send(request, response, problem(problem)));
    }

    /** {@return whether a path is that of a stream of events} */
    public static boolean isForEvents(String path) {
        return path.startsWith(EVENTS);
    }

    private Route route(HttpServerRequest request) {
        String path = path(request);
        Map<HttpMethod, Route> methods = routes.get(path);
        if (methods == null) {
            throw Problem.notFound(path);
        }
        if (isOfOtherOrigin(request)) {
            throw Problem.otherOrigin();
        }
        HttpMethod method = request.method().equals(HttpMethod.HEAD) ? HttpMethod.GET : request.method();
        Route route = methods.get(method);
        if (route != null) {
            return route;
        }
        Set<String> allowed = new TreeSet<>();
        methods.keySet().forEach(each -> allowed.add(each.name()));
        if (allowed.contains("GET")) {
            allowed.add("HEAD");
        }
        String names = String.join(", ", allowed);
        return (bounds, asked, response) -> {
            response.header(HttpHeaderNames.ALLOW, names);
            throw Problem.methodNotAllowed(request.method().name(), names);
        };
    }

    /** {@return the path of a request, as it was sent if it cannot be decoded} */
    public static String path(HttpServerRequest request) {
        try {
            return new QueryStringDecoder(request.uri()).path();
        } catch (IllegalArgumentException malformed) {
            return request.uri();
        }
    }

    /** A browser says from which page a request comes; a page of another server must not use this one. */
    private static boolean isOfOtherOrigin(HttpServerRequest request) {
        String origin = request.requestHeaders().get(HttpHeaderNames.ORIGIN);
        String host = request.requestHeaders().get(HttpHeaderNames.HOST);
        return origin != null && !origin.equals("http://" + host) && !origin.equals("https://" + host);
    }

    private Grasp node() {
        Grasp present = node;
        if (present == null) {
            throw Problem.starting();
        }
        return present;
    }

    private void addPages() {
        add(
                HttpMethod.GET,
                "status",
                (bounds, request, response) -> answer(bounds.requests(), request, response, () -> {
                    Parameters.of(request.uri(), NO_NAMES);
                    return node().inspection()
                            .status()
                            .map(status ->
                                    Answer.object(json -> StateJson.status(json, status, bounds.keyFingerprint())))
                            .timeout(REQUEST_TIME, scheduler);
                }));
        list("asas", (grasp, page) -> grasp.inspection().asas(page), StateJson::asa);
        list("objectives", (grasp, page) -> grasp.inspection().objectives(page), StateJson::objective);
        list("discoveries", (grasp, page) -> grasp.inspection().discoveries(page), StateJson::discovery);
        list("floods", (grasp, page) -> grasp.inspection().floods(page), StateJson::flood);
        list("sessions", (grasp, page) -> grasp.inspection().sessions(page), StateJson::session);
        list("connections", (grasp, page) -> grasp.inspection().connections(page), StateJson::connection);
        list("links", (grasp, page) -> grasp.inspection().links(page), StateJson::link);
        list("neighbors", (grasp, page) -> grasp.inspection().neighbors(page), StateJson::neighbor);
        page(
                "hosted",
                NO_NAMES,
                (grasp, none) -> hosted().map(asas -> Answer.ok(() -> StateJson.list(asas, StateJson::hosted))));
        page(
                "limits",
                NO_NAMES,
                (grasp, none) -> grasp.inspection()
                        .limits()
                        .map(limits -> Answer.ok(() -> StateJson.list(limits, StateJson::limit))));
        page(
                "drops",
                NO_NAMES,
                (grasp, none) -> grasp.inspection()
                        .drops()
                        .map(drops -> Answer.ok(() -> StateJson.list(drops, StateJson::drop))));
        get("relay", grasp -> grasp.inspection().relay(), StateJson::relay);
        answer(HttpMethod.GET, "log", request -> {
            Parameters.of(request.uri(), NO_NAMES);
            return Mono.just(log());
        });
        answer(HttpMethod.GET, "openapi.json", request -> Mono.just(Answer.ok(() -> openApi)));
    }

    private <T> void get(String path, Function<Grasp, Mono<T>> state, BiConsumer<JsonWriter, T> encoder) {
        page(
                path,
                NO_NAMES,
                (grasp, none) -> state.apply(grasp).map(value -> Answer.object(json -> encoder.accept(json, value))));
    }

    private <T> void list(
            String path, BiFunction<Grasp, PageRequest, Mono<Page<T>>> pages, BiConsumer<JsonWriter, T> encoder) {
        page(
                path,
                PAGE_PARAMETERS,
                (grasp, parameters) -> pages.apply(grasp, parameters.page())
                        .map(page -> Answer.ok(() -> StateJson.page(page, encoder))));
    }

    private void page(String path, Set<String> names, BiFunction<Grasp, Parameters, Mono<Answer>> page) {
        answer(HttpMethod.GET, path, request -> {
            Parameters parameters = Parameters.of(request.uri(), names);
            return page.apply(node(), parameters).timeout(REQUEST_TIME, scheduler);
        });
    }

    private void addEvents() {
        EventStreams.Kind.ALL.forEach(this::events);
    }

    private <E> void events(EventStreams.Kind<E> kind) {
        Set<String> names = new TreeSet<>(EVENT_PARAMETERS);
        names.addAll(kind.filters());
        add(HttpMethod.GET, "events/" + kind.path(), (bounds, request, response) -> {
            EventOptions options = Parameters.of(request.uri(), names).events();
            Grasp grasp = node();
            return Mono.using(
                    () -> streams.join(new EventStreams.Watched(grasp, host), kind, options, channel(response)),
                    // The node has begun to watch, or refused to, or is closed, when it answers.
                    client -> grasp.load()
                            .map(load -> true)
                            .onErrorReturn(GraspException.class, false)
                            .publishOn(scheduler)
                            .timeout(REQUEST_TIME, scheduler)
                            .flatMap(open ->
                                    send(request, response, open ? client.frames() : Flux.just(SseFrame.COMMENT)))
                            .onErrorResume(failure -> response.hasSentHeaders()
                                    ? Mono.error(failure)
                                    : send(request, response, problem(failure))),
                    EventStreams.Client::leave);
        });
    }

    private void addActions() {
        body(HttpMethod.PUT, "log", Bounds::requests, Set.of("level", "messages"), body -> {
            log.set(
                    body.constant("level", LogLevels.Verbosity.values()),
                    body.flag("messages").orElse(log.messages()));
            return Mono.just(log());
        });
        action(
                "flush-discoveries",
                NO_NAMES,
                (grasp, none) -> removed(grasp.maintenance().flushDiscoveries()));
        action(
                "flush-floods",
                NO_NAMES,
                (grasp, none) -> removed(grasp.maintenance().flushFloods()));
        action(
                "expire-flood",
                Set.of("objective", "locator", "linkIndex"),
                (grasp, body) -> removed(NodeOperations.expireFlood(grasp, body)));
        action(
                "forget-peer",
                Set.of("peer"),
                (grasp, body) -> grasp.maintenance()
                        .forgetPeer(body.address("peer"))
                        .map(forgotten -> Answer.object(json -> StateJson.forgotten(json, forgotten))));
        action(
                "reload-identity",
                NO_NAMES,
                (grasp, none) -> grasp.maintenance()
                        .reloadIdentity()
                        .map(status -> Answer.object(json -> StateJson.identity(json, status))));
        Answer stopping = new Answer(ACCEPTED, () -> JsonWriter.object(json -> json.flag("stopping", true)));
        add(
                HttpMethod.POST,
                "actions/stop",
                (bounds, request, response) -> body(request, NO_NAMES)
                        .flatMap(none -> send(request, response, stopping).then(Mono.fromRunnable(stop))));
    }

    private Answer log() {
        return Answer.object(json -> json.constant("level", log.verbosity()).flag("messages", log.messages()));
    }

    private static Mono<Answer> removed(Mono<Integer> removal) {
        return removal.map(count -> Answer.object(json -> json.number("removed", count)));
    }

    private void action(String path, Set<String> names, BiFunction<Grasp, RequestBody, Mono<Answer>> action) {
        body(HttpMethod.POST, "actions/" + path, Bounds::requests, names, body -> action.apply(node(), body));
    }

    private void body(
            HttpMethod method,
            String path,
            Function<Bounds, Bound> bound,
            Set<String> names,
            Function<RequestBody, Mono<Answer>> answer) {
        answer(method, path, bound, request -> body(request, names).flatMap(answer));
    }

    private void addOperations() {
        stream("discover", Set.of("objective", "timeoutMillis", "loopCount"), operations::discover, StateJson::locator);
        stream("get-flood", Set.of("objective", "waitMillis"), operations::getFlood, StateJson::flooded);
        Set<String> synchronize = Set.of("objective", "timeoutMillis", "loopCount");
        body(
                HttpMethod.POST,
                "synchronize",
                Bounds::operations,
                synchronize,
                body -> operations
                        .synchronize(node(), body)
                        .map(objective -> Answer.object(json -> json.objective(objective))));
        Set<String> flood = Set.of("objective", "value", "cbor", "ttlMillis", "loopCount", "locators");
        body(
                HttpMethod.POST,
                "flood",
                Bounds::operations,
                flood,
                body -> operations
                        .flood(node(), body)
                        .map(count -> Answer.object(json -> json.number("flooded", count))));
    }

    private void addPrefixes() {
        get("prefixes", grasp -> prefixes.status(), PrefixOperations::status);
        page(
                "prefixes/entries",
                Set.of("size", "after", "state"),
                (grasp, parameters) -> prefixes.entries(parameters).map(part -> part(part, PrefixOperations::entry)));
        page(
                "prefixes/log",
                Set.of("size", "after"),
                (grasp, parameters) -> prefixes.log(parameters).map(part -> part(part, PrefixOperations::logged)));
        action("reclaim-prefix", Set.of("prefix"), (grasp, body) -> decided(prefixes.reclaim(body)));
        action("cede-prefix", Set.of("prefix"), (grasp, body) -> decided(prefixes.cede(body)));
        action("withdraw-prefix", Set.of("prefix"), (grasp, body) -> decided(prefixes.withdraw(body)));
        action("release-prefix", Set.of("prefix"), (grasp, body) -> decided(prefixes.release(body)));
    }

    private static <T> Answer part(PrefixOperations.Part<T> part, BiConsumer<JsonWriter, T> encoder) {
        return Answer.object(
                json -> json.objects("entries", part.entries(), encoder).text("next", part.next()));
    }

    private static Mono<Answer> decided(Mono<Prefix> decision) {
        return decision.map(prefix -> Answer.object(json -> json.text("prefix", prefix.toString())));
    }

    /** Adds a route whose results come one by one. */
    private <T> void stream(
            String path,
            Set<String> names,
            BiFunction<Grasp, RequestBody, Flux<T>> operation,
            BiConsumer<JsonWriter, T> encoder) {
        add(
                HttpMethod.POST,
                path,
                (bounds, request, response) -> bounds.operations()
                        .within(() -> body(request, names)
                                .map(body -> results(operation.apply(node(), body), encoder))
                                .flatMap(frames -> send(request, response, frames))
                                .onErrorResume(Problem.class, problem -> send(request, response, problem(problem)))));
    }

    private <T> Flux<SseFrame> results(Flux<T> results, BiConsumer<JsonWriter, T> encoder) {
        long[] count = {0};
        return Flux.just(SseFrame.COMMENT)
                .concatWith(results.publishOn(scheduler).map(result -> {
                    count[0]++;
                    return SseFrame.of("result", JsonWriter.object(json -> encoder.accept(json, result)));
                }))
                .concatWith(Mono.fromSupplier(() ->
                        SseFrame.of("end", JsonWriter.object(json -> json.number("count", count[0])))))
                .onErrorResume(failure ->
                        Mono.just(SseFrame.of("problem", Problem.of(failure).json())));
    }

    /** {@return the body of a request; fails with a {@link Problem}} */
    private Mono<RequestBody> body(HttpServerRequest request, Set<String> names) {
        Parameters.of(request.uri(), NO_NAMES);
        return request.receive()
                .onErrorMap(ChannelException.class, timeout -> Problem.late())
                .reduceWith(ByteArrayOutputStream::new, (bytes, part) -> {
                    if (bytes.size() + part.readableBytes() > MOST_BODY_BYTES) {
                        throw Problem.tooLarge(MOST_BODY_BYTES);
                    }
                    byte[] read = new byte[part.readableBytes()];
                    part.readBytes(read);
                    bytes.writeBytes(read);
                    return bytes;
                })
                .map(ByteArrayOutputStream::toByteArray)
                .map(bytes -> {
                    if (bytes.length > 0 && !isJson(request)) {
                        throw Problem.mediaType(JSON);
                    }
                    return RequestBody.of(bytes, names);
                });
    }

    private static Channel channel(HttpServerResponse response) {
        Channel[] channel = {null};
        response.withConnection(connection -> channel[0] = connection.channel());
        return channel[0];
    }

    private static boolean isJson(HttpServerRequest request) {
        String type = request.requestHeaders().get(HttpHeaderNames.CONTENT_TYPE);
        return type != null && type.split(";", 2)[0].strip().equalsIgnoreCase(JSON);
    }
}
