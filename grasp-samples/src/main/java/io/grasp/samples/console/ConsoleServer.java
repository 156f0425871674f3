package io.grasp.samples.console;

import io.grasp.api.Grasp;
import io.grasp.samples.control.ControlRoutes;
import io.grasp.samples.control.ControlServer;
import io.grasp.samples.control.JsonWriter;
import io.grasp.samples.text.Failures;
import io.grasp.samples.text.HostPort;
import io.grasp.security.NodeIdentity;
import io.grasp.security.TlsRole;
import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.cookie.CookieHeaderNames.SameSite;
import io.netty.handler.codec.http.cookie.DefaultCookie;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.ChannelBindException;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Serves the console of a node: the page, its events, and the control API, all at one origin. It runs on the loop of
 * the control API, and has 64 connections; further ones are closed.
 */
public final class ConsoleServer implements AutoCloseable {
    private static final Duration PENALTY = Duration.ofSeconds(1);
    private static final int MAX_CONNECTIONS = 64;
    /** Each watches four kinds of events; a node has at most 256 watchers. */
    private static final int MAX_PAGES = 8;

    /** Several beats: a page confirms its stream at each. */
    private static final Duration CONFIRMATION = Duration.ofMinutes(1);

    private static final int MAX_LOGIN_BYTES = 4096;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
            + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
            + " require-trusted-types-for 'script'; trusted-types 'none'";

    private final Grasp grasp;
    private final BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> api;
    private final ConsoleAccess access;
    private final PageFiles files = PageFiles.read();
    private final Map<String, String> tags = new HashMap<>();
    private final ChannelGroup connections = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE);
    private final DisposableServer server;
    private final @Nullable AutoCloseable identityWatch;
    private final Duration confirmation;
    /** By the numbers of the streams of events that are open: whether it was confirmed lately. */
    private final Map<Integer, AtomicBoolean> pages = new ConcurrentHashMap<>();
    /** How many streams there were; used on the loop only. */
    private int streams;

    private ConsoleServer(
            ConsoleSettings settings,
            InetSocketAddress address,
            Grasp grasp,
            ControlServer control,
            Duration confirmation) {
        this.grasp = grasp;
        this.confirmation = confirmation;
        NodeIdentity identity = settings.identity();
        access = new ConsoleAccess(settings.place().getHostString(), identity != null, settings.token());
        api = control.routes().newHandler(access.readOnly() == null);
        files.names().forEach(name -> tags.put(name, tag(files.bytes(name))));
        server = control.bounded(HttpServer.create())
                .bindAddress(() -> address)
                .channelGroup(connections)
                .doOnChannelInit((events, channel, unknown) -> init(channel, identity))
                .handle(this::answer)
                .bindNow();
        // Certificates that have been revoked lose their connections; others are opened again by the page.
        identityWatch = identity == null ? null : identity.onChange(this::closeConnections);
    }

    /**
     * Opens it.
     *
     * @param settings where it is served, and to which clients
     * @param grasp the node
     * @param control the control API of the node, which shares its loop and the bounds of its clients
     * @throws IllegalStateException if it cannot be opened there; the message says what to do
     */
    public static ConsoleServer open(ConsoleSettings settings, Grasp grasp, ControlServer control) {
        return open(settings, grasp, control, CONFIRMATION);
    }

    /** Opens it, with another time after which a stream of events ends that its page has not confirmed. */
    static ConsoleServer open(ConsoleSettings settings, Grasp grasp, ControlServer control, Duration confirmation) {
        InetSocketAddress place = settings.place();
        try {
            InetAddress host = place.getHostString().isEmpty()
                    ? InetAddress.getLoopbackAddress()
                    : InetAddress.getByName(place.getHostString());
            settings.requireProtection(host);
            InetSocketAddress address = new InetSocketAddress(host, place.getPort());
            return new ConsoleServer(settings, address, grasp, control, confirmation);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("Cannot serve the console: there is no host " + place.getHostString(), e);
        } catch (ChannelBindException e) {
            Throwable reason = e.getCause() == null ? e : e.getCause();
            throw new IllegalStateException(
                    "Cannot serve the console at " + HostPort.text(place) + ": " + Failures.oneLine(reason), e);
        }
    }

    /** {@return its address, with the actual port} */
    public String url() {
        return (access.hasTls() ? "https://" : "http://") + HostPort.text((InetSocketAddress) server.address()) + "/";
    }

    @SuppressWarnings("FutureReturnValueIgnored") // nothing waits for it
    private void closeConnections() {
        connections.close();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // a channel that closes is done with
    private void init(Channel channel, @Nullable NodeIdentity identity) {
        if (connections.size() > MAX_CONNECTIONS) {
            channel.close();
            return;
        }
        if (identity != null) {
            try {
                channel.pipeline()
                        .addFirst(new SslHandler(
                                identity.newEngine(TlsRole.SERVER, List.of("http/1.1")),
                                task -> Schedulers.boundedElastic().schedule(task)));
            } catch (IllegalStateException notGood) {
                channel.close(); // the operator is warned of that as of the identity's state
            }
        }
    }

    // Requests

    private Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response) {
        protect(response);
        String refusal = access.refusal(request);
        if (refusal != null) {
            return refuse(response, HttpResponseStatus.FORBIDDEN, refusal);
        }
        String path = ControlRoutes.path(request);
        String file = path.equals("/") ? PageFiles.PAGE : path.substring(1);
        String tag = tags.get(file);
        if (tag != null) {
            return file(file, tag, request, response);
        }
        if (access.isFromElsewhere(request)) {
            return refuse(response, HttpResponseStatus.FORBIDDEN, "the request comes from the page of another server");
        }
        if (path.equals("/login")) {
            return login(request, response);
        }
        if (!access.mayRead(request, cookieName())) {
            return unauthorized(request, response);
        }
        if (path.equals("/access")) {
            return onlyGet(
                    request,
                    response,
                    () -> json(
                            response,
                            JsonWriter.object(out -> out.flag("mayAct", access.readOnly() == null)
                                    .text("why", access.readOnly())
                                    .number("pages", pages.size())
                                    .number("mostPages", MAX_PAGES))));
        }
        if (path.equals("/events")) {
            return onlyGet(request, response, () -> events(request, response));
        }
        if (path.equals("/confirm")) {
            return onlyGet(request, response, () -> confirm(request, response));
        }
        if (!path.startsWith(ControlRoutes.PREFIX)) {
            return refuse(response, HttpResponseStatus.NOT_FOUND, "there is no " + path);
        }
        String readOnly = access.readOnly();
        // Other users of this host must not take the places of the operator's streams of events.
        if (readOnly != null && (!isReading(request) || ControlRoutes.isForEvents(path))) {
            return refuse(response, HttpResponseStatus.FORBIDDEN, readOnly);
        }
        return api.apply(request, response);
    }

    private static boolean isReading(HttpServerRequest request) {
        return request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
    }

    private static void protect(HttpServerResponse response) {
        response.header("Content-Security-Policy", POLICY)
                .header("X-Content-Type-Options", "nosniff")
                .header("Referrer-Policy", "no-referrer")
                .header("Cross-Origin-Opener-Policy", "same-origin")
                .header("Cross-Origin-Resource-Policy", "same-origin")
                .header("Cache-Control", "no-store");
    }

    /** What is done for a request. */
    private interface Answer {
        Publisher<Void> give();
    }

    private static Publisher<Void> onlyGet(HttpServerRequest request, HttpServerResponse response, Answer answer) {
        if (request.method().equals(HttpMethod.GET)) {
            return answer.give();
        }
        response.header("Allow", "GET");
        return refuse(response, HttpResponseStatus.METHOD_NOT_ALLOWED, "only GET is allowed here");
    }

    private Publisher<Void> file(String name, String tag, HttpServerRequest request, HttpServerResponse response) {
        if (!isReading(request)) {
            response.header("Allow", "GET, HEAD");
            return refuse(response, HttpResponseStatus.METHOD_NOT_ALLOWED, "only GET is allowed here");
        }
        response.header("ETag", tag).header("Cache-Control", "no-cache").header("Content-Type", PageFiles.type(name));
        if (tag.equals(request.requestHeaders().get("If-None-Match"))) {
            return response.status(HttpResponseStatus.NOT_MODIFIED).send();
        }
        return request.method().equals(HttpMethod.HEAD)
                ? response.send()
                : response.sendByteArray(Mono.just(files.bytes(name)));
    }

    private static String tag(byte[] content) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
            return '"' + HexFormat.of().formatHex(digest, 0, 16) + '"';
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private Publisher<Void> events(HttpServerRequest request, HttpServerResponse response) {
        ConsoleEvents events;
        try {
            events = new ConsoleEvents(grasp, request.uri());
        } catch (IllegalArgumentException e) {
            return refuse(response, HttpResponseStatus.BAD_REQUEST, Failures.oneLine(e));
        }
        return Mono.defer(() -> {
            if (pages.size() >= MAX_PAGES) {
                return Mono.from(refuse(
                        response,
                        HttpResponseStatus.SERVICE_UNAVAILABLE,
                        "there are " + MAX_PAGES + " pages of the console already"));
            }
            int stream = ++streams;
            AtomicBoolean confirmed = new AtomicBoolean();
            pages.put(stream, confirmed);
            Flux<Long> gone = Flux.interval(confirmation, Schedulers.parallel())
                    .onBackpressureDrop()
                    .filter(tick -> !confirmed.getAndSet(false));
            return response.sse()
                    .send(events.frames(stream).takeUntilOther(gone), frame -> true)
                    .then()
                    .doFinally(end -> pages.remove(stream));
        });
    }

    /**
     * Keeps the stream of events of a page open. Without it, pages on hosts that are gone, and clients that do not
     * read, would keep their places: a quiet node sends so little that the system takes all of it.
     */
    private Publisher<Void> confirm(HttpServerRequest request, HttpServerResponse response) {
        List<String> stream = new QueryStringDecoder(request.uri()).parameters().getOrDefault("stream", List.of(""));
        AtomicBoolean confirmed = pages.get(number(stream.get(0)));
        if (confirmed == null) {
            return refuse(response, HttpResponseStatus.NOT_FOUND, "there is no such stream of events");
        }
        confirmed.set(true);
        return response.status(HttpResponseStatus.NO_CONTENT).send();
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return 0; // of no stream
        }
    }

    // Signing in

    private String cookieName() {
        return "grasp-console-" + ((InetSocketAddress) server.address()).getPort();
    }

    private Publisher<Void> login(HttpServerRequest request, HttpServerResponse response) {
        if (!request.method().equals(HttpMethod.POST)) {
            response.header("Allow", "POST");
            return refuse(response, HttpResponseStatus.METHOD_NOT_ALLOWED, "only POST is allowed here");
        }
        return request.receive()
                .asByteArray()
                .scan(new byte[0], ConsoleServer::append)
                .takeUntil(body -> body.length > MAX_LOGIN_BYTES)
                .last()
                .flatMap(body -> access.isToken(tokenIn(body))
                        ? Mono.from(welcome(response))
                        : Mono.delay(PENALTY)
                                .then(Mono.defer(() -> Mono.from(
                                        refuse(response, HttpResponseStatus.UNAUTHORIZED, "this is not the token")))));
    }

    private static byte[] append(byte[] before, byte[] more) {
        byte[] all = Arrays.copyOf(before, before.length + more.length);
        System.arraycopy(more, 0, all, before.length, more.length);
        return all;
    }

    private static String tokenIn(byte[] body) {
        try {
            JsonNode token = JSON.readTree(body).get("token");
            return token == null ? "" : token.asString("");
        } catch (JacksonException e) {
            return "";
        }
    }

    private Publisher<Void> welcome(HttpServerResponse response) {
        DefaultCookie cookie = new DefaultCookie(cookieName(), access.cookie());
        cookie.setHttpOnly(true);
        cookie.setSecure(access.hasTls());
        cookie.setSameSite(SameSite.Strict);
        cookie.setPath("/");
        return response.addCookie(cookie).status(HttpResponseStatus.NO_CONTENT).send();
    }

    private Publisher<Void> unauthorized(HttpServerRequest request, HttpServerResponse response) {
        Publisher<Void> refused = Mono.defer(() -> {
            response.header("WWW-Authenticate", "Bearer");
            return Mono.from(refuse(
                    response,
                    HttpResponseStatus.UNAUTHORIZED,
                    "the token of --console-token-file is needed: sign in, or send it as Authorization: Bearer"));
        });
        boolean tried = request.requestHeaders().contains("Authorization");
        return tried ? Mono.delay(PENALTY).then(Mono.from(refused)) : refused;
    }

    // Responses

    private static Publisher<Void> refuse(HttpServerResponse response, HttpResponseStatus status, String detail) {
        byte[] problem = JsonWriter.object(json -> json.text("type", "about:blank")
                .text("title", status.reasonPhrase())
                .number("status", status.code())
                .text("detail", detail));
        response.status(status).header("Content-Type", "application/problem+json");
        return response.sendByteArray(Mono.just(problem));
    }

    private static Publisher<Void> json(HttpServerResponse response, byte[] json) {
        return response.header("Content-Type", "application/json").sendByteArray(Mono.just(json));
    }

    /** Frees the port. Responses that are not complete are cut off. */
    @Override
    public void close() {
        if (identityWatch != null) {
            try {
                identityWatch.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
        connections.close().syncUninterruptibly();
        server.disposeNow();
    }
}
