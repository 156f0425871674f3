package io.grasp.samples.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.samples.ca.AuthorityDirectory;
import io.grasp.samples.ca.IdentityFiles;
import io.grasp.samples.ca.KeyKind;
import io.grasp.samples.ca.NodeRequest;
import io.grasp.security.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Timeout(30)
class IdentityOptionsTest {
    @TempDir
    private Path directory;

    @Command
    private static final class WithIdentity {
        @Mixin
        private IdentityOptions identity = new IdentityOptions();
    }

    private IdentityFiles issue(AuthorityDirectory authority, String name, String password) {
        NodeRequest request = new NodeRequest(name, null, "", List.of(), KeyKind.EC, Duration.ofHours(1), null, false);
        return authority.issue(request, null, password.toCharArray()).files();
    }

    private static void replace(Path file, Path by) throws IOException {
        Files.move(by, file, StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void aRenewedKeyMayHaveAnotherPassword() throws Exception {
        AuthorityDirectory authority = new AuthorityDirectory(directory.resolve("ca"), Clock.systemUTC());
        authority.init("example.com", KeyKind.EC, null, Duration.ofDays(1), null, Duration.ofHours(1));
        IdentityFiles used = issue(authority, "gray", "first");
        IdentityFiles renewed = issue(authority, "briggs", "second");
        Path password = Files.writeString(directory.resolve("password"), "first\n");
        WithIdentity command = new WithIdentity();
        new CommandLine(command)
                .parseArgs("--identity", used.directory().toString(), "--key-password-file", password.toString());

        try (Identity identity = command.identity.open(
                Objects.requireNonNull(command.identity.config()).withReloadInterval(Duration.ofMillis(100)))) {
            CompletableFuture<Boolean> withoutFile = new CompletableFuture<>();
            CompletableFuture<Boolean> taken = new CompletableFuture<>();
            String before = String.valueOf(identity.status().nodeName());
            identity.onChange(() -> {
                if (identity.status().detail().contains("the password cannot be read: there is no file " + password)) {
                    withoutFile.complete(true);
                }
                if (!String.valueOf(identity.status().nodeName()).equals(before)) {
                    taken.complete(identity.status().good());
                }
            });
            Files.delete(password);
            replace(used.key(), renewed.key());
            replace(used.certificate(), renewed.certificate());
            assertThat(withoutFile.get(20, TimeUnit.SECONDS)).isTrue();
            Files.writeString(password, "second\n");
            assertThat(taken.get(20, TimeUnit.SECONDS)).isTrue();
        }
    }
}
