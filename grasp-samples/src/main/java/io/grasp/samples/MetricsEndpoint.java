package io.grasp.samples;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.grasp.metrics.MicrometerObserver;
import io.grasp.observe.GraspObserver;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Where Prometheus reads what a node does. It is the JDK's HTTP server on threads of its own: a scrape costs the node's
 * loop nothing, and is answered even when that loop is stuck, which is when its delay is of interest.
 */
final class MetricsEndpoint implements AutoCloseable {
    private static final String PATH = "/metrics";
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final int THREADS = 2;
    private static final int BACKLOG = 16;
    private static final String LONGEST_SECONDS = "10";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final MicrometerObserver observer;
    private final HttpServer server;
    private final ExecutorService threads;

    private MetricsEndpoint(HttpServer server) {
        this.server = server;
        registry.config().meterFilter(new Buckets());
        observer = new MicrometerObserver(registry);
        threads = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "grasp-metrics");
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    /**
     * Opens it.
     *
     * @param place where; an empty host is this one alone, port 0 any that is free
     * @throws IllegalStateException if that place is not to be had
     */
    static MetricsEndpoint open(InetSocketAddress place) {
        // The server reads these once: nobody keeps a thread of it by not finishing what he asks, or not reading the
        // answer.
        System.setProperty("sun.net.httpserver.maxReqTime", LONGEST_SECONDS);
        System.setProperty("sun.net.httpserver.maxRspTime", LONGEST_SECONDS);
        try {
            return new MetricsEndpoint(
                    HttpServer.create(new InetSocketAddress(address(place.getHostString()), place.getPort()), BACKLOG));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("Cannot serve metrics: there is no host " + place.getHostString(), e);
        } catch (IOException e) {
            throw new IllegalStateException(
                    "Cannot serve metrics at " + HostPort.text(place) + ": " + Failures.oneLine(e), e);
        }
    }

    private static InetAddress address(String host) throws UnknownHostException {
        return host.isEmpty() ? InetAddress.getLoopbackAddress() : InetAddress.getByName(host);
    }

    /** {@return what to tell what the node does} */
    GraspObserver observer() {
        return observer;
    }

    /** {@return its address, with the port that it has got} */
    String url() {
        return "http://" + HostPort.text(server.getAddress()) + PATH;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String method = exchange.getRequestMethod();
            if (!exchange.getRequestURI().getPath().equals(PATH)) {
                exchange.sendResponseHeaders(404, -1);
            } else if (!method.equals("GET") && !method.equals("HEAD")) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                exchange.sendResponseHeaders(405, -1);
            } else {
                byte[] text = registry.scrape(TEXT).getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().set("Content-Type", TEXT);
                exchange.sendResponseHeaders(200, method.equals("HEAD") ? -1 : text.length);
                if (method.equals("GET")) {
                    exchange.getResponseBody().write(text);
                }
            }
        }
    }

    /** Frees the port. What is being answered is cut off. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        observer.close();
        registry.close();
    }
}
