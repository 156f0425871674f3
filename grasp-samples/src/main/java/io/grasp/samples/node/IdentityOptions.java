package io.grasp.samples.node;

import io.grasp.samples.ca.IdentityFiles;
import io.grasp.security.Identity;
import io.grasp.security.IdentityConfig;
import io.grasp.security.IdentityException;
import io.grasp.util.FileErrorText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options that say by which certificate, key and trust anchors a node authenticates itself and its peers. */
final class IdentityOptions extends CommandOptions {
    /** Where systemd passes on the files of LoadCredential=, while a service runs. */
    private static final Path CREDENTIALS = Path.of("/run/credentials");

    private static final int MAX_REFRESH_SECONDS = 86_400;

    @Option(
            names = "--identity",
            paramLabel = "DIR",
            description = "The node's certificate, key and trust anchors, as 'grasp ca issue' writes them.")
    private @Nullable Path directory;

    @Option(names = "--cert", paramLabel = "FILE", description = "The node's certificate chain, in PEM.")
    private @Nullable Path certificate;

    @Option(names = "--key", paramLabel = "FILE", description = "The node's key, PKCS#8 in PEM.")
    private @Nullable Path key;

    @Option(names = "--trust", paramLabel = "FILE", description = "Trust anchors, in PEM; may be repeated.")
    private List<Path> anchors = List.of();

    @Option(
            names = "--key-password-file",
            paramLabel = "FILE",
            description =
                    "The first line of this file is the password of an encrypted key; - prompts for it. The file is"
                            + " read again with a renewed key.")
    private @Nullable Path keyPassword;

    @Option(
            names = "--pkcs12",
            paramLabel = "FILE",
            description = "The node's certificate chain, key and trust anchors in a PKCS#12 store.")
    private @Nullable Path store;

    @Option(
            names = "--pkcs12-password-file",
            paramLabel = "FILE",
            description = "The first line of this file is the password of the PKCS#12 store; - prompts for it. The file"
                    + " is read again with a renewed store.")
    private @Nullable Path storePassword;

    @Option(
            names = "--revocation-refresh",
            paramLabel = "S",
            description = "Seconds after which revocation lists are fetched again. Default: 300.")
    private @Nullable Integer revocationRefresh;

    IdentityOptions() {}

    /**
     * {@return the settings of the identity, {@code null} if the user has named none}
     *
     * @throws ParameterException if the options contradict each other
     */
    @Nullable
    IdentityConfig config() {
        int ways = (directory == null ? 0 : 1) + (certificate == null && key == null ? 0 : 1) + (store == null ? 0 : 1);
        if (ways > 1) {
            throw wrong("--identity, --cert with --key, and --pkcs12 exclude each other");
        }
        if (ways == 0) {
            refuseDetails();
            return null;
        }
        IdentityConfig config = store != null ? ofStore(store) : ofFiles();
        if (revocationRefresh == null) {
            return config;
        }
        if (revocationRefresh < 1 || revocationRefresh > MAX_REFRESH_SECONDS) {
            throw wrong("--revocation-refresh must be 1 to " + MAX_REFRESH_SECONDS);
        }
        return config.withRevocationRefresh(Duration.ofSeconds(revocationRefresh));
    }

    private void refuseDetails() {
        refuseUnused("--trust", !anchors.isEmpty());
        refuseUnused("--key-password-file", keyPassword != null);
        refuseUnused("--pkcs12-password-file", storePassword != null);
        refuseUnused("--revocation-refresh", revocationRefresh != null);
    }

    private void refuseUnused(String option, boolean used) {
        if (used) {
            throw wrong(option + " has no effect without a certificate");
        }
    }

    private IdentityConfig ofStore(Path from) {
        if (storePassword == null) {
            throw wrong("--pkcs12 needs --pkcs12-password-file");
        }
        if (keyPassword != null) {
            throw wrong("--key-password-file has no effect with --pkcs12");
        }
        return IdentityConfig.pkcs12(from, passwords("--pkcs12-password-file", storePassword))
                .withAnchors(anchors.toArray(Path[]::new));
    }

    private IdentityConfig ofFiles() {
        if (storePassword != null) {
            throw wrong("--pkcs12-password-file is for --pkcs12; the password of a key is in --key-password-file");
        }
        IdentityConfig config;
        if (directory != null) {
            if (!anchors.isEmpty()) {
                throw wrong("--trust has no effect with --identity");
            }
            IdentityFiles files = new IdentityFiles(directory);
            config = IdentityConfig.pem(files.certificate(), files.key(), files.anchors());
        } else {
            if (certificate == null || key == null || anchors.isEmpty()) {
                throw wrong("--cert, --key and --trust are needed together");
            }
            config = IdentityConfig.pem(certificate, key, anchors.toArray(Path[]::new));
        }
        return keyPassword == null ? config : config.withKeyPassword(passwords("--key-password-file", keyPassword));
    }

    /** A file is read each time, because a renewed key may have another password; anything else can be read once. */
    private Supplier<char[]> passwords(String option, Path file) {
        char[] first = password(option, file);
        if (SecretFile.isStandardInput(file) || !Files.isRegularFile(file)) {
            return first::clone;
        }
        Arrays.fill(first, '\0');
        return () -> {
            try {
                return SecretFile.read(file, option);
            } catch (NoSuchFileException e) {
                throw new UncheckedIOException("there is no file " + file, e);
            } catch (IOException e) {
                throw new UncheckedIOException(file + ": " + FileErrorText.reason(e), e);
            }
        };
    }

    /** {@return the directory of {@code --identity}, if systemd makes it and the service does not run} */
    @Nullable
    String absentCredentials() {
        return directory != null && directory.startsWith(CREDENTIALS) && Files.notExists(directory)
                ? directory.toString()
                : null;
    }

    /**
     * {@return the identity}
     *
     * @throws ParameterException if a file is not there or cannot be read; the message says what to do
     */
    Identity open(IdentityConfig config) {
        String absent = absentCredentials();
        if (absent != null) {
            throw wrong("--identity: " + absent + " is there only while the service runs; name the directory from which"
                    + " it gets its files: --identity on the command line replaces that in a file");
        }
        try {
            return Identity.open(config);
        } catch (IdentityException e) {
            String option = directory != null ? "--identity" : store != null ? "--pkcs12" : "--cert, --key and --trust";
            throw wrong(option + ": " + e.getMessage());
        }
    }
}
