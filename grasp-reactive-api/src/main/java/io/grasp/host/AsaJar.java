package io.grasp.host;

import io.grasp.model.ObjectiveValue;
import io.grasp.util.FailureText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * Loads the ASAs of a jar with a class loader of its own, which sees the JDK, the API and the libraries that ASAs are
 * written with ({@link ApiClassLoader}), and otherwise only the jar. A copy of the file is loaded, so that the file can
 * be replaced while the ASAs run. Blocks.
 */
public final class AsaJar {
    private static final long MOST_BYTES = 256L << 20;

    private AsaJar() {}

    /**
     * Loads the ASAs of a jar.
     *
     * @param jar the file
     * @param program the class loader that has the API, such as that of the caller's own classes
     * @return the ASAs, at least one. The class loader is closed when a host no longer uses any of them
     * @throws HostException {@link HostException.Kind#BAD_JAR}, with a sentence, if the file cannot be used
     */
    public static List<InstalledAsa> load(Path jar, ClassLoader program) {
        String name = String.valueOf(jar.getFileName());
        List<InstalledAsa> asas = List.of();
        JarCopy copy = null;
        URLClassLoader loader = null;
        try {
            if (Files.size(jar) > MOST_BYTES) {
                throw bad(name, "it has more than " + (MOST_BYTES >> 20) + " MiB", null);
            }
            byte[] content = Files.readAllBytes(jar);
            String digest = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(content));
            copy = JarCopy.of(content);
            new ZipFile(copy.file().toFile()).close(); // reports a damaged file better than a class loader does
            URL url = copy.file().toUri().toURL();
            loader = new URLClassLoader("asa-" + name, new URL[] {url}, new ApiClassLoader(program));
            asas = asas(name, digest, loader, copy);
            return asas;
        } catch (ZipException e) {
            throw bad(name, "it is not a jar: " + e.getMessage(), e);
        } catch (IOException e) {
            throw bad(name, FailureText.of(e, AsaJar::described), e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // each JDK has it
        } finally {
            if (asas.isEmpty()) {
                close(loader, copy);
            }
        }
    }

    private static List<InstalledAsa> asas(String name, String digest, URLClassLoader loader, JarCopy copy) {
        List<InstalledAsa> asas = new ArrayList<>();
        AtomicInteger used = new AtomicInteger();
        Runnable release = () -> {
            if (used.decrementAndGet() == 0) {
                close(loader, copy);
            }
        };
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            for (ServiceLoader.Provider<HostedAsa> provider :
                    ServiceLoader.load(HostedAsa.class, loader).stream().toList()) {
                if (provider.type().getClassLoader() == loader) {
                    AsaManifest manifest = provider.get().manifest();
                    if (manifest == null) {
                        throw bad(name, "manifest() of " + provider.type().getName() + " returns null", null);
                    }
                    asas.add(new InstalledAsa(manifest, name, Optional.of(digest), provider, loader, loader, release));
                }
            }
        } catch (HostException e) {
            throw e;
        } catch (Throwable e) { // whatever the ASA's own code throws
            Throwable own = e instanceof ServiceConfigurationError && e.getCause() != null ? e.getCause() : e;
            if (own instanceof VirtualMachineError error && AsaThread.isFatal(error)) {
                throw error;
            }
            throw bad(name, FailureText.of(own, AsaJar::described), e);
        } finally {
            thread.setContextClassLoader(before);
        }
        if (asas.isEmpty()) {
            throw bad(name, "it names no ASA in META-INF/services/" + HostedAsa.class.getName(), null);
        }
        used.set(asas.size());
        return asas;
    }

    private static String described(Throwable failure) {
        Throwable cause = failure.getCause();
        if (failure instanceof ExceptionInInitializerError && cause != null) {
            return described(cause) + ", in a static initializer";
        }
        String message = failure.getMessage();
        String kind = failure.getClass().getSimpleName();
        return message == null
                ? kind
                : kind + ": " + message.lines().findFirst().orElse("");
    }

    private static HostException bad(String name, String why, @Nullable Throwable cause) {
        return new HostException(HostException.Kind.BAD_JAR, name + " cannot be used: " + why, cause);
    }

    private static void close(@Nullable URLClassLoader loader, @Nullable JarCopy copy) {
        try {
            if (loader != null) {
                loader.close();
                ObjectiveValue.forgetTypes();
            }
            if (copy != null) {
                copy.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
