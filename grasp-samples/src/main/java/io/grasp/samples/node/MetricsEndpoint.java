package io.grasp.samples.node;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.grasp.metrics.MicrometerObserver;
import io.grasp.observe.GraspObserver;
import io.grasp.samples.text.Failures;
import io.grasp.samples.text.HostPort;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.timeout.WriteTimeoutHandler;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.ChannelBindException;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;

/**
 * The HTTP endpoint that Prometheus reads a node's metrics from. It has an event loop of its own: a scrape costs the
 * node's loop nothing, and is answered even when that loop is stuck, and that is when its delay matters. It has 64
 * connections; beyond that, of the link with the most, the client with the most of them loses its oldest one.
 */
public final class MetricsEndpoint implements AutoCloseable {
    private static final String PATH = "/metrics";
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int MAX_CONNECTIONS = 64;

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final MicrometerObserver observer;
    private final LoopResources loop = LoopResources.create("grasp-metrics", 1, true);
    private final ConnectionBound bound = new ConnectionBound(MAX_CONNECTIONS, new Neighborhood());
    private final ChannelGroup connections = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE);
    private final DisposableServer server;

    private MetricsEndpoint(InetSocketAddress address, Duration patience) {
        registry.config().meterFilter(new HistogramBuckets());
        observer = new MicrometerObserver(registry);
        try {
            server = HttpServer.create()
                    .bindAddress(() -> address)
                    .runOn(loop, false) // its errors have the same texts on all platforms
                    .channelGroup(connections)
                    .doOnChannelInit((events, channel, unknown) -> {
                        channel.pipeline().addFirst(new WriteTimeoutHandler(patience.toMillis(), MILLISECONDS));
                        bound.add(channel, channel.remoteAddress());
                    })
                    .idleTimeout(patience)
                    .requestTimeout(patience)
                    .handle(this::answer)
                    .bindNow();
        } catch (RuntimeException e) {
            release();
            throw e;
        }
    }

    /**
     * Opens it.
     *
     * @param place the address; an empty host means the loopback address, port 0 any free port
     * @throws IllegalStateException if it cannot be opened there
     */
    public static MetricsEndpoint open(InetSocketAddress place) {
        return open(place, PATIENCE);
    }

    /**
     * Opens it.
     *
     * @param place the address; an empty host means the loopback address, port 0 any free port
     * @param patience the maximum time that a client may take to send a request or to read the response
     * @throws IllegalStateException if it cannot be opened there
     */
    public static MetricsEndpoint open(InetSocketAddress place, Duration patience) {
        try {
            return new MetricsEndpoint(
                    new InetSocketAddress(address(place.getHostString()), place.getPort()), patience);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("Cannot serve metrics: there is no host " + place.getHostString(), e);
        } catch (ChannelBindException e) {
            Throwable reason = e.getCause() == null ? e : e.getCause();
            throw new IllegalStateException(
                    "Cannot serve metrics at " + HostPort.text(place) + ": " + Failures.oneLine(reason), e);
        }
    }

    private static InetAddress address(String host) throws UnknownHostException {
        return host.isEmpty() ? InetAddress.getLoopbackAddress() : InetAddress.getByName(host);
    }

    /** {@return the observer that records what the node does} */
    public GraspObserver observer() {
        return observer;
    }

    /** {@return its address, with the actual port} */
    public String url() {
        return "http://" + HostPort.text((InetSocketAddress) server.address()) + PATH;
    }

    private Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response) {
        if (!request.fullPath().equals(PATH)) {
            return response.sendNotFound();
        }
        return switch (request.method().name()) {
            case "GET" -> response.header("Content-Type", TEXT).sendString(Mono.just(registry.scrape(TEXT)));
            case "HEAD" -> response.header("Content-Type", TEXT).send();
            default -> response.status(405).header("Allow", "GET, HEAD").send();
        };
    }

    /** Frees the port. Responses that are not complete are cut off. */
    @Override
    public void close() {
        connections.close().syncUninterruptibly();
        server.disposeNow();
        release();
    }

    private void release() {
        loop.disposeLater(Duration.ZERO, PATIENCE).block();
        observer.close();
        registry.close();
    }
}
