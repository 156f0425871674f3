package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.samples.ca.IdentityFiles;
import io.grasp.security.Identity;
import io.grasp.security.IdentityConfig;
import io.grasp.substrate.netty.overlay.OverlayConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The option {@code --policy}. */
class PolicyOptionTest {
    private static final Duration LONGEST = Duration.ofSeconds(20);

    @TempDir
    private Path temporary;

    @Test
    void aPeerThatMayNotAnswerIsIgnoredAndNamed() throws Exception {
        TestDomain domain = new TestDomain(temporary.resolve("ca"), "example.com");
        domain.issue("server", "--role", "guest");
        Path policy = Files.writeString(temporary.resolve("policy.json"), """
                {"rules": [{"deny": ["answer"], "objectives": ["EX*"], "roles": ["guest"]}], "default": "allow"}
                """);
        InetAddress here = InetAddress.getByName("127.0.0.1");
        int port = freePort(here);
        IdentityFiles files = new IdentityFiles(domain.identity("server"));
        OverlayConfig overlay = OverlayConfig.defaults().withAddresses(here).withPort(port);
        try (Identity identity = Identity.open(IdentityConfig.pem(files.certificate(), files.key(), files.anchors()))) {
            Grasp node = Grasp.start(GraspConfig.defaults().withOverlay(overlay, identity))
                    .block(LONGEST);
            try {
                Asa asa = node.registerAsa("server").block(LONGEST);
                for (String name : List.of("EX2", "other")) {
                    asa.register(Objective.synchronizable(name)).block(LONGEST);
                    asa.listenSynchronize(Objective.synchronizable(name).withValue(ObjectiveValue.of(7)))
                            .block(LONGEST);
                }
                List<String> client = new ArrayList<>(domain.issue("client"));
                client.addAll(List.of("--bind", "127.0.0.1:0", "--neighbor", "127.0.0.1:" + port));
                client.addAll(List.of("--policy", policy.toString(), "--timeout", "500"));

                assertThat(run("other", client)).isEqualTo(new Cli.Run(0, List.of("other = 7"), List.of()));
                Cli.Run refused = run("EX2", client);
                assertThat(refused.code()).isEqualTo(1);
                assertThat(refused.err().get(0))
                        .startsWith("grasp: warning: peer fd")
                        .contains("++guest@example.com at ")
                        .endsWith(": the policy for peers does not permit what it has sent");
            } finally {
                node.closeAsync().block(LONGEST);
            }
        }
    }

    private static Cli.Run run(String objective, List<String> options) {
        List<String> command = new ArrayList<>(List.of("synchronize", objective));
        command.addAll(options);
        return Cli.run(command.toArray(String[]::new));
    }

    private static int freePort(InetAddress address) throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, address)) {
            return free.getLocalPort();
        }
    }

    @Test
    void aWrongPolicyIsWrongUsage() throws IOException {
        TestDomain domain = new TestDomain(temporary.resolve("ca"), "example.com");
        List<String> command = new ArrayList<>(List.of("synchronize", "EX2", "--neighbor", "127.0.0.1:1"));
        command.addAll(domain.issue("node"));
        Path policy = Files.writeString(temporary.resolve("policy.json"), "{\n\"rules\": [], \"default\": 1}");
        command.addAll(List.of("--policy", policy.toString()));

        Cli.Run wrong = Cli.run(command.toArray(String[]::new));
        Cli.Run missing = Cli.run("daemon", "--bind", "0", "--policy", "/no/such", "--identity", command.get(5));
        Cli.Run plain = Cli.run("daemon", "--assume-secure", "--policy", policy.toString());

        assertThat(List.of(wrong.code(), missing.code(), plain.code())).containsOnly(2);
        assertThat(wrong.err().get(0))
                .isEqualTo("grasp: --policy: cannot read " + policy
                        + ": line 2, column 25, /default: must be \"allow\" or \"deny\"");
        assertThat(missing.err().get(0)).isEqualTo("grasp: --policy: there is no file /no/such");
        assertThat(plain.err().get(0))
                .isEqualTo("grasp: --policy is for a node with a certificate: without one it does not know its peers");
    }
}
