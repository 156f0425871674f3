package io.grasp.samples;

import io.grasp.api.GraspConfig;
import io.grasp.samples.node.NetworkOptions;
import io.grasp.samples.onboarding.JoinProxyPlace;
import io.grasp.samples.onboarding.Pledge;
import io.grasp.samples.onboarding.ProvisionalTls;
import io.grasp.samples.text.Output;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import reactor.core.publisher.Mono;

/** Finds a join proxy as a new device does. */
@Command(
        name = "pledge",
        description = {
            "Finds a join proxy as a new device does (RFC 8995 section 4.1), and tries it; needs no protection.",
            "Without PROGRAM, it prints which registrar answers through the proxy: it does a TLS handshake and accepts"
                    + " any certificate, as a pledge does at first. With PROGRAM, it runs that for each proxy in turn,"
                    + " until one run ends with 0: a client of BRSKI or EST. In its arguments {address}, {port} and"
                    + " {link} stand for the place of the proxy."
        })
final class PledgeCommand implements Callable<Integer> {
    @Mixin
    private NetworkOptions network = new NetworkOptions();

    @Option(names = "--dull", required = true, paramLabel = "NAME", description = "The interface on which to listen.")
    private String link = "";

    @Option(
            names = "--timeout",
            paramLabel = "MS",
            description = "Milliseconds after which to give up. Default: never.")
    private @Nullable Long timeoutMillis;

    @Option(
            names = "--attempt-timeout",
            paramLabel = "MS",
            description = "Milliseconds that an attempt with one proxy may take. Default: ${DEFAULT-VALUE}.")
    private long attemptMillis = 60_000;

    @Option(names = "--graspy", description = "Also listen for AN_proxy, as graspy spells it.")
    private boolean graspy;

    @Parameters(
            arity = "0..*",
            paramLabel = "PROGRAM [ARG...]",
            hideParamSyntax = true,
            description = "The program to run, after --, as in -- curl -k https://[{address}]:{port}/.")
    private List<String> program = List.of();

    PledgeCommand() {}

    @Override
    public Integer call() {
        Duration longest = timeoutMillis == null ? null : network.millis("--timeout", timeoutMillis, 1);
        Duration each = network.millis("--attempt-timeout", attemptMillis, 1);
        Output output = network.output();
        Reached reached = network.withDull(GraspConfig.dull(link, Pledge.objectives(graspy)), instance -> {
            output.status("Listening on " + link + " for join proxies");
            Mono<Reached> found = new Pledge(instance, graspy, new SecureRandom(), output::status)
                    .enroll(place -> attempt(place, output)
                            .timeout(each, instance.scheduler())
                            .onErrorMap(TimeoutException.class, late -> tooLate("it has not answered", each)));
            return longest == null
                    ? found
                    : found.timeout(longest, instance.scheduler())
                            .onErrorMap(
                                    TimeoutException.class, late -> tooLate("No proxy led to a registrar", longest));
        });
        if (reached == null) {
            return 1;
        }
        output.result(reached, reached.describe());
        return 0;
    }

    private static IllegalStateException tooLate(String what, Duration time) {
        return new IllegalStateException(what + " within " + time.toMillis() + " ms");
    }

    private Mono<Reached> attempt(JoinProxyPlace place, Output output) {
        return program.isEmpty()
                ? ProvisionalTls.handshake(place.socketAddress()).map(registrar -> Reached.of(place, registrar))
                : new PledgeProgram(program, output::status).run(place).thenReturn(Reached.of(place, null));
    }

    /** The result. */
    private record Reached(
            String event,
            String link,
            String address,
            int port,
            @Nullable String subject,
            @Nullable String issuer,
            @Nullable String sha256,
            @Nullable String protocol) {
        static Reached of(JoinProxyPlace place, ProvisionalTls.@Nullable Registrar registrar) {
            return registrar == null
                    ? new Reached("enrolled", place.link(), place.addressText(), place.port(), null, null, null, null)
                    : new Reached(
                            "reached",
                            place.link(),
                            place.addressText(),
                            place.port(),
                            registrar.subject(),
                            registrar.issuer(),
                            registrar.sha256(),
                            registrar.protocol());
        }

        String describe() {
            String proxy = "the proxy at [" + address + "]:" + port;
            return subject == null
                    ? "The program has succeeded through " + proxy
                    : "Through " + proxy + " answers " + subject + ", issued by " + issuer + ", SHA-256 " + sha256
                            + ", " + protocol + ", not verified";
        }
    }
}
