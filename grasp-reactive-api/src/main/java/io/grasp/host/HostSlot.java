package io.grasp.host;

import io.grasp.host.HostEvent.StateChanged;
import io.grasp.model.ObjectiveValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/**
 * The ASA of one name in a host: what the plan wants, and which versions of it run. Usually one runs; while a version
 * takes over from another, both do. All state is confined to the node's loop.
 */
final class HostSlot {
    private final AsaHost host;
    private final String name;
    private @Nullable AsaSetup wanted;
    private AsaManifest manifest;
    private String origin;
    private Optional<String> sha256;
    private @Nullable AsaPolicy policy;
    /** The flooded values in force, which each version takes over from the one before. */
    private final Map<String, ObjectiveValue> policyInForce = new LinkedHashMap<>();
    /** The version that serves, or is being started without another one. */
    private @Nullable RunningAsa current;
    /** The version that is to take over from the current one. */
    private @Nullable RunningAsa next;
    /** All versions that were started and have not ended: also one that another has taken over from. */
    private final Set<RunningAsa> running = new LinkedHashSet<>();
    /** Those that failed, and whose threads may still run. */
    private final Set<RunningAsa> failed = new LinkedHashSet<>();

    /** Whether the plan has it, perhaps in a way in which it cannot run. */
    private boolean inPlan;

    private boolean ended;
    private LifeCycleState state = LifeCycleState.INSTALLED;
    private String detail = "";
    private Duration since;
    private int failures;
    private long starts;
    private final Map<HostException.Kind, Long> failuresByKind = new EnumMap<>(HostException.Kind.class);
    /** What versions that have ended have done. */
    private HostedAsaInfo.Work pastWork = HostedAsaInfo.Work.NONE;

    /** Which version has not taken over, and why; empty if the wanted one has, or has not failed. */
    private String notTakenOver = "";

    /** Why it cannot run as the plan says; empty if it can. */
    private String refusal = "";

    private Optional<String> lastFailure = Optional.empty();
    private @Nullable Disposable pause;

    HostSlot(AsaHost host, InstalledAsa code) {
        this.host = host;
        this.manifest = code.manifest();
        this.origin = code.origin();
        this.sha256 = code.sha256();
        this.name = manifest.name();
        this.since = host.now();
        change(LifeCycleState.INSTALLED, code.origin());
    }

    String name() {
        return name;
    }

    /** {@return whether the plan has it, perhaps in a way in which it cannot run} */
    boolean isInPlan() {
        return inPlan;
    }

    List<String> needs() {
        return manifest.needs();
    }

    boolean isOperational() {
        return current != null && current.isOperational();
    }

    /** {@return whether a version of it runs, perhaps only to finish what is in progress} */
    boolean isRunning() {
        return !running.isEmpty();
    }

    boolean uses(InstalledAsa code) {
        return wanted != null && wanted.code() == code || running.stream().anyMatch(asa -> asa.code() == code);
    }

    private void change(LifeCycleState newState, String newDetail) {
        state = newState;
        detail = newDetail;
        since = host.now();
        host.emit(new StateChanged(name, manifest.version(), newState, newDetail));
    }

    /** The plan wants it. */
    void want(AsaSetup setup) {
        inPlan = true;
        refusal = "";
        boolean same = wanted != null && wanted.code() == setup.code();
        AsaPolicy policyOfCode = policyOf(setup.code());
        policyOfCode.settings(setup.values());
        wanted = setup;
        policy = policyOfCode;
        if (same) {
            return;
        }
        cancelPause();
        ended = false;
        failures = 0;
        notTakenOver = "";
        if (next != null) {
            next.end(null);
        }
        if (current != null && current.code() == setup.code() && !current.isDraining()) {
            show(setup.code());
            return;
        }
        startWhenPossible();
    }

    /** {@return the policy that the current or the wanted version of this code has, otherwise a new one} */
    private AsaPolicy policyOf(InstalledAsa code) {
        if (current != null && current.code() == code) {
            return current.policy();
        }
        return policy != null && wanted != null && wanted.code() == code
                ? policy
                : new AsaPolicy(code.manifest(), policyInForce, host::emit);
    }

    private void show(InstalledAsa code) {
        manifest = code.manifest();
        origin = code.origin();
        sha256 = code.sha256();
    }

    /** The plan wants it, but it cannot run as the plan says: what runs continues. */
    void refuse(HostException why) {
        inPlan = true;
        String sentence = String.valueOf(why.getMessage());
        boolean known = refusal.equals(sentence);
        refusal = sentence;
        if (current != null) {
            if (!known) {
                host.emit(new HostEvent.Problem(name, goesOn()));
            }
            return;
        }
        wanted = null;
        cancelPause();
        lastFailure = Optional.of(sentence);
        if (!known || state != LifeCycleState.REFUSED) {
            change(LifeCycleState.REFUSED, sentence);
        }
    }

    private String goesOn() {
        return refusal + "; it goes on as before";
    }

    /** The plan no longer wants it. */
    void unwant() {
        wanted = null;
        inPlan = false;
        refusal = "";
        cancelPause();
        if (next != null) {
            next.end(null);
        }
        if (!isRunning()) {
            change(LifeCycleState.STOPPED, "");
        }
    }

    /** Lets the current version finish, and ends it. */
    void stop() {
        if (current != null && !current.isDraining()) {
            change(LifeCycleState.DRAINING, "");
            current.drain();
        }
    }

    private void cancelPause() {
        if (pause != null) {
            pause.dispose();
            pause = null;
        }
    }

    /** Starts the wanted version, if nothing prevents it. */
    void startWhenPossible() {
        AsaSetup setup = wanted;
        AsaPolicy ofSetup = policy;
        if (setup == null || ofSetup == null || ended || pause != null || next != null || host.isClosing()) {
            return;
        }
        RunningAsa before = current;
        if (before != null && before.code() == setup.code()) {
            return;
        }
        InstalledAsa code = setup.code();
        List<String> missing = missing(code.manifest());
        if (!missing.isEmpty()) {
            if (before == null && state != LifeCycleState.WAITING) {
                show(code);
                change(LifeCycleState.WAITING, "for " + String.join(", ", missing));
            }
            return;
        }
        if (failed.stream()
                .filter(RunningAsa::hasThread)
                .anyMatch(asa -> asa.code() == code || isExclusive(asa.code(), code))) {
            pauseAgain("its thread has not ended");
            return;
        }
        boolean excluded = running.stream().anyMatch(other -> isExclusive(other.code(), code));
        if (excluded || before != null && before.isDraining()) {
            stop(); // the new version starts when the others have ended
            return;
        }
        RunningAsa registered = running.stream().reduce((first, last) -> last).orElse(null);
        starts++;
        RunningAsa begun = host.start(code, ofSetup, this::operational, this::endedWith, this::handlerFailed);
        running.add(begun);
        if (before == null) {
            current = begun;
            show(code);
            change(LifeCycleState.INSTANTIATED, "");
        } else {
            next = begun;
            host.emit(new StateChanged(
                    name,
                    code.manifest().version(),
                    LifeCycleState.INSTANTIATED,
                    "to take over from " + before.code().manifest().version()));
        }
        begun.begin(registered);
    }

    /** {@return what an ASA needs and is not operational} */
    private List<String> missing(AsaManifest asa) {
        return asa.needs().stream().filter(need -> !host.isOperational(need)).toList();
    }

    private static boolean isExclusive(InstalledAsa one, InstalledAsa other) {
        return one.manifest().exclusive() || other.manifest().exclusive();
    }

    private void operational(RunningAsa asa) {
        RunningAsa before = current;
        if (asa == next) {
            next = null;
            current = asa;
        } else if (asa != before) {
            return;
        }
        notTakenOver = "";
        show(asa.code());
        change(LifeCycleState.OPERATIONAL, "");
        if (before != null && before != asa) {
            host.emit(new StateChanged(
                    name,
                    before.code().manifest().version(),
                    LifeCycleState.DRAINING,
                    manifest.version() + " has taken over"));
            before.drain();
        }
        host.operationalChanged();
    }

    private void endedWith(RunningAsa asa, @Nullable HostException failure) {
        boolean lasted = asa == current
                && state == LifeCycleState.OPERATIONAL
                && host.now().minus(since).compareTo(host.config().longestPause()) >= 0;
        running.remove(asa);
        pastWork = pastWork.and(asa.work().ended());
        if (failure != null) {
            lastFailure = Optional.of(whatFailed(asa, failure));
            failuresByKind.merge(failure.kind(), 1L, Long::sum);
            failed.add(asa);
            if (asa == current || asa == next) {
                failures = lasted ? 1 : failures + 1;
            }
        }
        String what = failure == null ? "" : whatFailed(asa, failure);
        if (asa == next) {
            next = null;
            if (failure == null) {
                startWhenPossible();
            } else {
                notTakenOver = what;
                pause(what);
            }
        } else if (asa == current) {
            current = null;
            endedCurrent(asa.code(), failure);
        } else {
            host.emit(new StateChanged(
                    name,
                    asa.code().manifest().version(),
                    LifeCycleState.STOPPED,
                    failure == null ? "" : String.valueOf(failure.getMessage())));
            startWhenPossible();
        }
        host.ended();
    }

    private void handlerFailed(String failure) {
        lastFailure = Optional.of(failure);
        failuresByKind.merge(HostException.Kind.HANDLER, 1L, Long::sum);
    }

    private void endedCurrent(InstalledAsa code, @Nullable HostException failure) {
        if (wanted == null) {
            change(LifeCycleState.STOPPED, failure == null ? "" : String.valueOf(failure.getMessage()));
        } else if (next != null) {
            current = next;
            next = null;
            show(current.code());
            change(LifeCycleState.INSTANTIATED, failure == null ? "" : String.valueOf(failure.getMessage()));
        } else if (failure != null) {
            pause(String.valueOf(failure.getMessage()));
        } else if (state == LifeCycleState.DRAINING || wanted.code() != code) {
            change(LifeCycleState.STOPPED, "");
            startWhenPossible();
        } else {
            ended = true;
            change(LifeCycleState.STOPPED, "it has ended by itself");
        }
    }

    /** Another version than the one that serves is named, because the ASA is shown with the version that serves. */
    private String whatFailed(RunningAsa asa, HostException failure) {
        String message = String.valueOf(failure.getMessage());
        String version = asa.code().manifest().version();
        return asa == current
                ? message
                : name + " " + version + (asa == next ? " has not taken over: " : " has failed: ") + message;
    }

    /** Starts the wanted version again after a pause, if it has not failed too often. */
    private void pause(String failure) {
        if (wanted == null) {
            return;
        }
        String what = failure;
        ended = failures > host.config().restarts();
        if (ended) {
            what += "; it is not started again, because it has failed " + times(failures);
        }
        if (current == null) {
            change(ended ? LifeCycleState.STOPPED : LifeCycleState.PAUSING, what);
        } else {
            host.emit(new HostEvent.Problem(name, what));
        }
        if (!ended) {
            startAfter(host.pause(failures));
        }
    }

    private static String times(int number) {
        return number == 1 ? "once" : number + " times in a row";
    }

    private void pauseAgain(String why) {
        String what = lastFailure.map(last -> last + "; ").orElse("") + why;
        if (current == null) {
            if (state != LifeCycleState.PAUSING || !detail.endsWith(why)) {
                change(LifeCycleState.PAUSING, what);
            }
        } else if (!notTakenOver.endsWith(why)) {
            notTakenOver = what;
            host.emit(new HostEvent.Problem(name, what));
        }
        startAfter(host.pause(failures));
    }

    private void startAfter(Duration time) {
        cancelPause();
        pause = Mono.delay(time, host.scheduler())
                .subscribe(
                        over -> {
                            pause = null;
                            startWhenPossible();
                        },
                        nodeClosed -> {});
    }

    /** Looks whether a version is blocked, and forgets those that failed and have no thread any more. */
    void watch() {
        failed.removeIf(asa -> !asa.hasThread());
        List.copyOf(running).forEach(RunningAsa::watch);
    }

    /** {@return the versions that were running, which are to be ended without the loop} */
    Set<RunningAsa> nodeClosed() {
        cancelPause();
        Set<RunningAsa> left = Set.copyOf(running);
        running.clear();
        return left;
    }

    /** {@return why it is in its state, what it needs and has not, and what other versions do} */
    private String details() {
        List<String> all = new ArrayList<>();
        if (!detail.isEmpty()) {
            all.add(detail);
        }
        if (current != null && !refusal.isEmpty()) {
            all.add(goesOn());
        } else if (isOperational()) {
            missing(manifest).forEach(need -> all.add("it needs " + need + ", which is not operational"));
        }
        for (RunningAsa other : running) {
            if (other != current) {
                all.add(other.code().manifest().version() + (other == next ? " starts" : " drains"));
            }
        }
        if (current != null && !notTakenOver.isEmpty()) {
            all.add(notTakenOver);
        }
        return String.join("; ", all);
    }

    HostedAsaInfo info() {
        RunningAsa serving = current;
        AsaPolicy shown = serving != null ? serving.policy() : policy;
        HostedAsaInfo.Work work = running.stream().map(RunningAsa::work).reduce(pastWork, HostedAsaInfo.Work::and);
        return new HostedAsaInfo(
                name,
                manifest.version(),
                state,
                details(),
                host.now().minus(since),
                manifest.description(),
                manifest.needs(),
                manifest.objectives(),
                shown == null ? List.of() : shown.info(),
                manifest.exclusive(),
                origin,
                sha256,
                starts,
                failuresByKind,
                work,
                serving == null ? OptionalLong.empty() : serving.allocated(),
                lastFailure);
    }
}
