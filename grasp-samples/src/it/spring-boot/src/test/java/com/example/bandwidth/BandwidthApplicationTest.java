package com.example.bandwidth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.api.Grasp;
import io.grasp.model.IdentityStatus;
import io.grasp.model.Security;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpStatus;
import org.springframework.test.web.reactive.server.WebTestClient;

/** The application twice, a provider and a customer, on the loopback interface. */
class BandwidthApplicationTest {
    private static ConfigurableApplicationContext provider;
    private static ConfigurableApplicationContext customer;

    /** Keeps the spans of an application. */
    static class Spans implements SpanExporter {
        final List<SpanData> all = new CopyOnWriteArrayList<>();

        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            all.addAll(spans);
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }

    static class Tracing {
        @Bean
        Spans spans() {
            return new Spans();
        }
    }

    @BeforeAll
    static void startBoth() {
        provider = start("--bandwidth.role=provider", "--bandwidth.limit=100");
        customer = start("--bandwidth.timeout=2s", "--grasp.shared-loop=true");
    }

    @AfterAll
    static void closeBoth() {
        customer.close();
        provider.close();
    }

    private static ConfigurableApplicationContext start(String... settings) {
        List<String> all = new ArrayList<>(List.of(settings));
        all.addAll(List.of("--server.port=0", "--grasp.links=lo", "--grasp.ip=ipv4", "--grasp.assume-secure=true"));
        return new SpringApplicationBuilder(BandwidthApplication.class, Tracing.class).run(all.toArray(String[]::new));
    }

    private static WebTestClient client(ConfigurableApplicationContext application) {
        return WebTestClient.bindToServer()
                .baseUrl("http://127.0.0.1:" + application.getEnvironment().getProperty("local.server.port"))
                .responseTimeout(Duration.ofSeconds(30))
                .build();
    }

    @Test
    void anHttpClientGetsWhatTheAsasAgreeOn() {
        client(customer)
                .get()
                .uri("/bandwidth/150")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody(Bandwidth.class)
                .isEqualTo(new Bandwidth(100));
        client(customer)
                .get()
                .uri("/bandwidth/300")
                .exchange()
                .expectStatus()
                .isEqualTo(HttpStatus.CONFLICT)
                .expectBody()
                .jsonPath("$.detail")
                .value(String.class, detail -> assertThat(detail).contains("less than half"));
        client(customer)
                .get()
                .uri("/bandwidth/-5")
                .exchange()
                .expectStatus()
                .isBadRequest()
                .expectBody()
                .jsonPath("$.detail")
                .isEqualTo("a bandwidth must be above 0, not -5");
        client(customer)
                .get()
                .uri("/bandwidth/much")
                .exchange()
                .expectStatus()
                .isBadRequest()
                .expectBody(String.class)
                .value(body -> assertThat(body).doesNotContain("java.lang"));
    }

    @Test
    void theWebServerAndTheNodeShareAThread() {
        client(customer).get().uri("/actuator/health").exchange().expectStatus().isOk();
        String ofNode = customer.getBean(Grasp.class)
                .links()
                .map(links -> Thread.currentThread().getName())
                .block();

        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .filteredOn(name -> name.startsWith("bandwidth-"))
                .as("event loops, of which one without native transport is for the node")
                .containsExactly(ofNode);
    }

    @Test
    void theNodesAreHealthy() {
        for (ConfigurableApplicationContext each : List.of(provider, customer)) {
            client(each)
                    .get()
                    .uri("/actuator/health")
                    .exchange()
                    .expectStatus()
                    .isOk()
                    .expectBody()
                    .jsonPath("$.components.grasp.status")
                    .isEqualTo("UP")
                    .jsonPath("$.components.grasp.details.security")
                    .isEqualTo("ASSERTED")
                    .jsonPath("$.components.grasp.details.links")
                    .isEqualTo(List.of("lo"));
        }
        client(provider)
                .get()
                .uri("/actuator/health/readiness")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.components.grasp.details.listening")
                .isEqualTo(true);
    }

    @Test
    void sessionsAreCountedOnce() {
        client(customer).get().uri("/bandwidth/80").exchange().expectStatus().isOk();

        String meters = client(customer)
                .get()
                .uri("/actuator/prometheus")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody(String.class)
                .returnResult()
                .getResponseBody();
        assertThat(meters)
                .containsPattern("grasp_sessions_seconds_count\\{kind=\"negotiation\",.*outcome=\"accepted\"")
                .contains("grasp_links 1")
                .doesNotContain("grasp_session_seconds", "grasp_session_active");
    }

    @Test
    void theSpanOfASessionBelongsToTheHttpRequest() {
        client(customer).get().uri("/bandwidth/70").exchange().expectStatus().isOk();
        customer.getBean(SdkTracerProvider.class).forceFlush().join(10, TimeUnit.SECONDS);

        List<SpanData> spans = customer.getBean(Spans.class).all;
        SpanData session = spans.stream()
                .filter(span -> span.getName().equals("negotiation example.com:bandwidth"))
                .findFirst()
                .orElseThrow();
        assertThat(spans)
                .filteredOn(span -> span.getSpanId().equals(session.getParentSpanId()))
                .singleElement()
                .satisfies(parent -> assertThat(parent.getName()).isEqualTo("http get /bandwidth/{mbits}"));
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void anApplicationWhoseLinksNothingProtectsDoesNotStart(CapturedOutput output) {
        assertThatThrownBy(() -> new SpringApplicationBuilder(BandwidthApplication.class).run("--server.port=0"))
                .hasStackTraceContaining("NettyConfig.withAssumeSecure(true)");
        assertThat(output)
                .contains(
                        "APPLICATION FAILED TO START",
                        "The GRASP node cannot be used: No security",
                        "Set grasp.assume-secure");
    }

    @Test
    void anApplicationWithACertificateProtectsItself(@TempDir Path files) throws Exception {
        Certificates.write(files);
        try (ConfigurableApplicationContext member = new SpringApplicationBuilder(BandwidthApplication.class)
                .web(WebApplicationType.NONE)
                .run(
                        "--grasp.identity.certificate=" + files.resolve("certificate.pem"),
                        "--grasp.identity.key=" + files.resolve("key.pem"),
                        "--grasp.identity.anchors=" + files.resolve("anchors.pem"))) {
            Health health = member.getBean(GraspHealthIndicator.class).health().block();

            assertThat(health.getStatus()).as("without a neighbor").isEqualTo(Status.UP);
            assertThat(health.getDetails())
                    .containsEntry("security", Security.SECURED)
                    .containsEntry("certificate", IdentityStatus.Expiry.FAR);
        }
    }
}
