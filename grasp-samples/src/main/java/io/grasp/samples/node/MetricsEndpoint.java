package io.grasp.samples.node;

import io.grasp.metrics.MicrometerObserver;
import io.grasp.observe.GraspObserver;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import reactor.core.publisher.Mono;

/**
 * The HTTP endpoint that Prometheus reads a node's metrics from. It has an event loop of its own: a scrape costs the
 * node's loop nothing, and is answered even when that loop is stuck, and that is when its delay matters. It has 64
 * connections; beyond that, of the link with the most, the client with the most of them loses its oldest one.
 */
public final class MetricsEndpoint implements AutoCloseable {
    private static final String PATH = "/metrics";
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final MicrometerObserver observer;
    private final HttpEndpoint server;

    private MetricsEndpoint(InetSocketAddress place, Duration patience) {
        registry.config().meterFilter(new HistogramBuckets());
        observer = new MicrometerObserver(registry);
        try {
            server = HttpEndpoint.open("grasp-metrics", "metrics", place, patience, PATH, TEXT, this::scrape);
        } catch (RuntimeException e) {
            release();
            throw e;
        }
    }

    private Mono<byte[]> scrape() {
        return Mono.just(registry.scrape(TEXT).getBytes(StandardCharsets.UTF_8));
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
        return new MetricsEndpoint(place, patience);
    }

    /** {@return the observer that records what the node does} */
    public GraspObserver observer() {
        return observer;
    }

    /** Serves further meters. */
    public void bind(MeterBinder meters) {
        meters.bindTo(registry);
    }

    /** {@return its address, with the actual port} */
    public String url() {
        return server.url();
    }

    /** Frees the port. Responses that are not complete are cut off. */
    @Override
    public void close() {
        server.close();
        release();
    }

    private void release() {
        observer.close();
        registry.close();
    }
}
