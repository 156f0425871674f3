package io.grasp.host;

import io.grasp.host.HostException.Kind;
import io.grasp.util.GrowingPauses;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Runs the ASAs of a directory: those of its jars, and those of the program, as the file {@value #FILE} in it says. The
 * file has a line for each ASA: {@code NAME}, or {@code NAME@VERSION}, otherwise the newest version; settings follow as
 * {@code PARAMETER=VALUE}; {@code -NAME} does not run. Changes of the file and of the jars are noticed.
 *
 * <p>A file with a line that cannot be read changes nothing, and what runs goes on. A jar that cannot be used, an ASA
 * that is not there, or a setting that an ASA does not accept concerns only its own ASAs: what ran before goes on until
 * its line is removed. Each such problem is reported once, as a {@link HostEvent.Problem}.
 *
 * <p>What could not be read because of permissions or a full disk, say, is tried again at each change, and after pauses
 * that grow as those before an ASA is started again ({@link HostConfig#withPauses}), but are not random.
 */
public final class HostDirectory {
    /** The name of the file. */
    public static final String FILE = "asas.txt";

    private static final long MOST_BYTES = 1 << 20;

    private final AsaHost host;
    private final Path directory;
    private final ClassLoader program;
    private final List<InstalledAsa> ofProgram;
    private final Map<String, Jar> jars = new LinkedHashMap<>();
    /** What the host has been given last. */
    private Map<String, AsaSetup> planned = Map.of();
    /** The part of it that the host has started. */
    private Map<String, AsaSetup> started = Map.of();

    private Set<String> problems = Set.of();
    private Seen seen = Seen.NOTHING;
    private Seen applied = Seen.NOTHING;
    /** The files that could not be read for a reason that may pass. */
    private final Set<String> unread = new HashSet<>();

    private long tries;
    private Duration retryAt = Duration.ZERO;

    private HostDirectory(AsaHost host, Path directory, ClassLoader program, List<InstalledAsa> ofProgram) {
        this.host = host;
        this.directory = directory;
        this.program = program;
        this.ofProgram = List.copyOf(ofProgram);
    }

    /** The state of a file. */
    private record Stamp(long size, FileTime modified) {}

    /** The files as they were at one time. */
    private record Seen(Map<String, Stamp> files) {
        static final Seen NOTHING = new Seen(Map.of());
    }

    /**
     * A jar.
     *
     * @param stamp the state of the file that was loaded
     * @param asas its ASAs; if the file cannot be used, those that it had before
     * @param wrong why it cannot be used
     */
    private record Jar(
            Stamp stamp, List<InstalledAsa> asas, @Nullable HostException wrong) {}

    /**
     * A directory of ASAs, which is not read yet.
     *
     * @param host runs them
     * @param directory the directory
     * @param program the class loader of the program, which has the API
     * @param ofProgram ASAs of the program itself, which the file can name too
     * @return the directory
     */
    public static HostDirectory of(AsaHost host, Path directory, ClassLoader program, List<InstalledAsa> ofProgram) {
        return new HostDirectory(host, directory, program, ofProgram);
    }

    /**
     * Runs what the file says now. Removes temporary copies of jars that a killed process of this user has left.
     *
     * @return completes when the ASAs are being started; fails with a {@link HostException} if the file cannot be read
     */
    public Mono<Void> load() {
        return Mono.defer(() -> {
                    JarCopy.removeUnused(Path.of(System.getProperty("java.io.tmpdir")));
                    Seen found = look();
                    seen = found;
                    pauseAfter(true);
                    return apply(found, readFile()).doOnSuccess(done -> applied = found);
                })
                .subscribeOn(Schedulers.boundedElastic());
    }

    /**
     * Runs what the file says after each change of it or of a jar.
     *
     * @param period how often to look for changes. A change is applied when the files have been the same twice, because
     *     a file may still be being written
     * @return does not complete. Cancelling it ends the watching only
     */
    public Mono<Void> watch(Duration period) {
        return Flux.interval(period, Schedulers.parallel())
                .onBackpressureDrop()
                .concatMap(tick -> again(), 1)
                .then();
    }

    private Mono<Void> again() {
        return Mono.defer(() -> {
                    Seen found = look();
                    boolean settled = found.equals(seen);
                    seen = found;
                    boolean changed = !found.equals(applied);
                    boolean due = !unread.isEmpty() && host.now().compareTo(retryAt) >= 0;
                    if (!settled || !changed && !due) {
                        return Mono.<Void>empty();
                    }
                    applied = found;
                    pauseAfter(changed);
                    return changed || canBeRead() ? apply(found, readFile()) : Mono.<Void>empty();
                })
                .subscribeOn(Schedulers.boundedElastic())
                .onErrorResume(Exception.class, wrong -> {
                    tell(
                            List.of(
                                    wrong instanceof HostException known
                                            ? known
                                            : new HostException(
                                                    Kind.BAD_LINE,
                                                    FILE + " cannot be applied: " + wrong.getMessage(),
                                                    wrong)),
                            problems);
                    return Mono.empty();
                });
    }

    /** What cannot be read is tried again after a pause, which is longer each time until something changes. */
    private void pauseAfter(boolean changed) {
        tries = changed ? 1 : tries + 1;
        GrowingPauses pauses =
                new GrowingPauses(host.config().firstPause(), host.config().longestPause());
        retryAt = host.now().plus(pauses.bound(tries));
    }

    /** {@return whether something that could not be read can be read now, or is wrong for another reason} */
    private boolean canBeRead() {
        Set<String> before = Set.copyOf(unread);
        for (String name : before) {
            Jar jar = jars.get(name);
            if (jar != null) {
                jars.put(name, load(name, jar.stamp(), jar.asas()));
            } else {
                try {
                    readFile();
                } catch (HostException still) {
                    // its reason was reported, or will be if it is another one
                }
            }
        }
        return !unread.containsAll(before);
    }

    /** {@return whether a file could not be read for a reason that may pass} */
    private static boolean mayPass(HostException failure) {
        return failure.getCause() instanceof IOException cause && !(cause instanceof ZipException);
    }

    private Seen look() {
        Map<String, Stamp> files = new LinkedHashMap<>();
        try (Stream<Path> all = Files.list(directory)) {
            for (Path file : all.sorted().toList()) {
                String name = String.valueOf(file.getFileName());
                if (name.endsWith(".jar") || name.equals(FILE)) {
                    stamp(file).ifPresent(stamp -> files.put(name, stamp));
                }
            }
        } catch (IOException e) {
            throw new HostException(Kind.BAD_LINE, directory + " cannot be read: " + e, e);
        }
        return new Seen(files);
    }

    /** {@return the state of a file, empty if it was just removed} */
    private static Optional<Stamp> stamp(Path file) throws IOException {
        try {
            return Optional.of(new Stamp(Files.size(file), Files.getLastModifiedTime(file)));
        } catch (NoSuchFileException gone) {
            return Optional.empty();
        }
    }

    private List<HostLine> readFile() {
        Path file = directory.resolve(FILE);
        unread.remove(FILE);
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new HostException(Kind.BAD_LINE, file + " has more than " + MOST_BYTES + " bytes");
            }
            return HostLine.read(FILE, Files.readAllLines(file));
        } catch (NoSuchFileException e) {
            throw new HostException(
                    Kind.BAD_LINE, "there is no file " + file + ", which names the ASAs to run, one in a line");
        } catch (MalformedInputException e) {
            throw new HostException(Kind.BAD_LINE, file + " is not text in UTF-8");
        } catch (IOException e) {
            unread.add(FILE);
            throw new HostException(Kind.BAD_LINE, file + " cannot be read: " + e, e);
        }
    }

    private Mono<Void> apply(Seen found, List<HostLine> lines) {
        List<HostException> wrong = new ArrayList<>();
        return Mono.usingWhen(
                hold(), // before it is looked at, so that none of it is unloaded meanwhile
                held -> Mono.fromRunnable(() -> loadJars(found, wrong))
                        .then(Mono.defer(this::hold))
                        .then(Mono.defer(host::asas))
                        .publishOn(Schedulers.boundedElastic())
                        .flatMap(asas -> run(lines, asas, wrong)),
                held -> host.release());
    }

    private Mono<Boolean> hold() {
        return host.hold(jars.values().stream()
                        .flatMap(jar -> jar.asas().stream())
                        .toList())
                .thenReturn(true)
                .publishOn(Schedulers.boundedElastic());
    }

    private Mono<Void> run(List<HostLine> lines, List<HostedAsaInfo> asas, List<HostException> wrong) {
        started = new LinkedHashMap<>(planned);
        started.keySet()
                .retainAll(asas.stream()
                        .filter(asa -> asa.starts() > 0)
                        .map(HostedAsaInfo::name)
                        .toList());
        Map<String, List<InstalledAsa>> catalog = catalog(wrong);
        Map<String, AsaSetup> plan = new LinkedHashMap<>();
        for (HostLine line : lines) {
            if (!line.stopped()) {
                AsaSetup setup = setup(line, catalog.getOrDefault(line.name(), List.of()), wrong);
                if (setup != null) {
                    plan.put(line.name(), setup);
                }
            }
        }
        tell(wrong, Set.of());
        return host.run(List.copyOf(plan.values())).doOnSuccess(done -> planned = plan);
    }

    /** Loads what is new, has changed, could not be read, or was unloaded because it was not used. */
    private void loadJars(Seen found, List<HostException> wrong) {
        jars.keySet().retainAll(found.files().keySet());
        unread.retainAll(found.files().keySet());
        found.files().forEach((name, stamp) -> {
            if (name.equals(FILE)) {
                return;
            }
            Jar jar = jars.get(name);
            if (jar == null
                    || !jar.stamp().equals(stamp)
                    || unread.contains(name)
                    || jar.asas().stream().anyMatch(InstalledAsa::isReleased)) {
                jar = load(name, stamp, jar == null ? List.of() : jar.asas());
                jars.put(name, jar);
            }
            if (jar.wrong() != null) {
                wrong.add(jar.wrong());
            }
        });
    }

    private Jar load(String name, Stamp stamp, List<InstalledAsa> earlier) {
        unread.remove(name);
        try {
            Duration longest = host.config().readyWithin();
            List<InstalledAsa> asas = BoundedCall.of(
                            "asa-of-" + name,
                            () -> AsaJar.load(directory.resolve(name), program),
                            late -> late.forEach(InstalledAsa::release))
                    .await(longest);
            return new Jar(stamp, asas, null);
        } catch (TimeoutException e) {
            return bad(
                    stamp,
                    name + " cannot be used: it was not loaded within "
                            + host.config().readyWithin(),
                    earlier);
        } catch (HostException e) {
            if (mayPass(e)) {
                unread.add(name);
            }
            return bad(stamp, String.valueOf(e.getMessage()), earlier);
        } catch (RuntimeException | Error e) {
            endNodeIfFatal(e);
            return bad(stamp, name + " cannot be used: " + e.getClass().getName(), earlier);
        }
    }

    private Jar bad(Stamp stamp, String why, List<InstalledAsa> earlier) {
        List<InstalledAsa> left =
                earlier.stream().filter(code -> !code.isReleased()).toList();
        String more = left.isEmpty() ? "" : "; what it had before stays in use";
        return new Jar(stamp, left, new HostException(Kind.BAD_JAR, why + more));
    }

    private Map<String, List<InstalledAsa>> catalog(List<HostException> wrong) {
        Map<String, List<InstalledAsa>> catalog = new LinkedHashMap<>();
        Stream.concat(ofProgram.stream(), jars.values().stream().flatMap(jar -> jar.asas().stream()))
                .forEach(code -> {
                    List<InstalledAsa> ofName =
                            catalog.computeIfAbsent(code.manifest().name(), first -> new ArrayList<>());
                    Optional<InstalledAsa> same = ofName.stream()
                            .filter(other -> other.manifest()
                                    .version()
                                    .equals(code.manifest().version()))
                            .findFirst();
                    if (same.isPresent()) {
                        wrong.add(new HostException(
                                Kind.DUPLICATE,
                                code.manifest().name() + " " + code.manifest().version() + " is in "
                                        + same.get().origin() + " and in " + code.origin() + ", which is not used"));
                    } else {
                        ofName.add(code);
                    }
                });
        return catalog;
    }

    /** {@return what a line says; what ran before if there is no such code, or a setting does not fit} */
    private @Nullable AsaSetup setup(HostLine line, List<InstalledAsa> codes, List<HostException> wrong) {
        Optional<InstalledAsa> code = codes.stream()
                .filter(each -> line.version()
                        .map(version -> version.equals(each.manifest().version()))
                        .orElse(true))
                .max(Comparator.comparing(each -> each.manifest().comparable()));
        if (code.isPresent()) {
            return setup(line, code.get(), wrong);
        }
        String versions = String.join(
                ", ", codes.stream().map(each -> each.manifest().version()).toList());
        String what = codes.isEmpty()
                ? "no jar here has an ASA named " + line.name()
                : "there is no " + line.name() + " " + line.version().orElse("") + ", only " + versions;
        return asBefore(line, Kind.UNKNOWN, what, wrong);
    }

    private @Nullable AsaSetup asBefore(HostLine line, Kind kind, String what, List<HostException> wrong) {
        AsaSetup before = started.get(line.name());
        String more = before == null
                ? ""
                : "; " + line.name() + " " + before.code().manifest().version() + " goes on as before";
        wrong.add(new HostException(kind, FILE + " line " + line.number() + ": " + what + more));
        return before;
    }

    /** Reads the settings, with code of the ASA. */
    private @Nullable AsaSetup setup(HostLine line, InstalledAsa code, List<HostException> wrong) {
        Duration longest = host.config().readyWithin();
        try {
            return BoundedCall.of("asa-" + line.name(), () -> AsaSetup.of(code, line.settings()), late -> {})
                    .await(longest);
        } catch (TimeoutException e) {
            String what = line.name() + " has not checked its settings within " + longest;
            return asBefore(line, Kind.BAD_SETTING, what, wrong);
        } catch (HostException e) {
            return asBefore(line, e.kind(), String.valueOf(e.getMessage()), wrong);
        } catch (RuntimeException | Error e) {
            endNodeIfFatal(e);
            String what =
                    line.name() + " cannot check its settings: " + e.getClass().getName();
            return asBefore(line, Kind.BAD_SETTING, what, wrong);
        }
    }

    private void endNodeIfFatal(Throwable thrown) {
        if (thrown instanceof VirtualMachineError error && AsaThread.isFatal(error)) {
            host.failed(error);
        }
    }

    /**
     * Tells what was not told before.
     *
     * @param earlier the earlier problems that still exist
     */
    private void tell(List<HostException> wrong, Set<String> earlier) {
        Set<String> now = new HashSet<>(earlier);
        for (HostException each : wrong) {
            String sentence = String.valueOf(each.getMessage());
            if (now.add(sentence) && !problems.contains(sentence)) {
                host.emitOnLoop(new HostEvent.Problem(FILE, sentence));
            }
        }
        problems = now;
    }
}
