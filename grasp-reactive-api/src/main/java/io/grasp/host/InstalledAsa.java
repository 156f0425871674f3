package io.grasp.host;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * The code of one version of an ASA, ready to be started: from a jar ({@link AsaJar}), or from the class path of the
 * program ({@link #of}). Immutable; two objects are different codes, even of the same version.
 */
public final class InstalledAsa {
    private final AsaManifest manifest;
    private final String origin;
    private final Optional<String> sha256;
    private final Supplier<? extends HostedAsa> factory;
    private final ClassLoader classLoader;
    private final Object unit;
    private final Runnable release;
    private final AtomicBoolean released = new AtomicBoolean();
    private volatile boolean retired;

    /**
     * The code of an ASA.
     *
     * @param classLoader finds its classes and services
     * @param unit the same object for all code that can only be unloaded together
     * @param release unloads this code's part
     */
    InstalledAsa(
            AsaManifest manifest,
            String origin,
            Optional<String> sha256,
            Supplier<? extends HostedAsa> factory,
            ClassLoader classLoader,
            Object unit,
            Runnable release) {
        this.manifest = manifest;
        this.origin = origin;
        this.sha256 = sha256;
        this.factory = factory;
        this.classLoader = classLoader;
        this.unit = unit;
        this.release = release;
    }

    /**
     * Code of the program itself.
     *
     * @param factory creates an object for each start; called at once for the manifest
     * @return the code
     */
    public static InstalledAsa of(Supplier<? extends HostedAsa> factory) {
        HostedAsa asa = factory.get();
        return new InstalledAsa(
                asa.manifest(),
                "program",
                Optional.empty(),
                factory,
                asa.getClass().getClassLoader(),
                new Object(),
                () -> {});
    }

    /** {@return what the ASA is} */
    public AsaManifest manifest() {
        return manifest;
    }

    /** {@return the name of its jar, or {@code program}} */
    public String origin() {
        return origin;
    }

    /** {@return the SHA-256 digest of its jar in hexadecimal digits} */
    public Optional<String> sha256() {
        return sha256;
    }

    ClassLoader classLoader() {
        return classLoader;
    }

    HostedAsa create() {
        return factory.get();
    }

    /** {@return whether the other code is unloaded when this one is: both are of one jar} */
    boolean isUnloadedWith(InstalledAsa other) {
        return unit == other.unit;
    }

    /** {@return whether the code is unloaded, or will be, and cannot be started any more} */
    boolean isReleased() {
        return retired;
    }

    /** Nothing of the code may be started any more. */
    void retire() {
        retired = true;
    }

    /** Unloads the code. Blocks; nothing of it may be in use. */
    void release() {
        retire();
        if (released.compareAndSet(false, true)) {
            release.run();
        }
    }

    @Override
    public String toString() {
        return manifest.name() + " " + manifest.version() + " of " + origin;
    }
}
