package io.grasp.samples.conformance;

import static java.util.stream.Collectors.joining;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectUniqueId;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Runs tests repeatedly in a separate JVM, each time with other classes of this project first on the class path. */
final class ClaimRunner extends URLClassLoader {
    /** The result of a run: a test has failed, none has, or no test could be run. */
    enum Verdict {
        FAILED,
        PASSED,
        NONE
    }

    private static final String OURS = "io.grasp.";

    private ClaimRunner(URL[] places) {
        super(places, ClaimRunner.class.getClassLoader());
    }

    /**
     * Prints the name and the verdict of each run, in one line of standard output.
     *
     * @param runs for each run its name, the directory of the first classes and the tests, separated by spaces
     */
    public static void main(String[] runs) throws IOException, ReflectiveOperationException {
        for (String run : runs) {
            String[] words = run.split(" ", -1);
            try (ClaimRunner loader = new ClaimRunner(classPath(words[1]))) {
                Thread.currentThread().setContextClassLoader(loader);
                System.out.println(
                        words[0] + " " + loader.verdict(Arrays.asList(words).subList(2, words.length)));
            }
        }
        System.exit(0);
    }

    private static URL[] classPath(String front) throws MalformedURLException {
        List<URL> places = new ArrayList<>(List.of(Path.of(front).toUri().toURL()));
        for (String place : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            places.add(Path.of(place).toUri().toURL());
        }
        return places.toArray(URL[]::new);
    }

    /** @param tests names of classes, each with a method behind a # or with all of its methods */
    private Verdict verdict(List<String> tests) throws ReflectiveOperationException {
        List<DiscoverySelector> selectors = new ArrayList<>();
        for (String test : tests) {
            String[] names = test.split("#", -1);
            Class<?> type = loadClass(names[0]);
            Method method = names.length == 1 ? null : method(type, names[1]);
            if (AnnotationSupport.isAnnotated(type, ParameterizedClass.class)) {
                selectors.add(selectUniqueId(withFirstParameter(type, method)));
            } else {
                selectors.add(method == null ? selectClass(type) : selectMethod(type, method));
            }
        }
        LauncherDiscoveryRequest request =
                LauncherDiscoveryRequestBuilder.request().selectors(selectors).build();
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request, listener);
        TestExecutionSummary summary = listener.getSummary();
        summary.getFailures()
                .forEach(failure -> System.out.println(
                        "    " + failure.getTestIdentifier().getDisplayName() + ": " + failure.getException()));
        if (summary.getTotalFailureCount() > 0) {
            return Verdict.FAILED;
        }
        return summary.getTestsSucceededCount() == 0 ? Verdict.NONE : Verdict.PASSED;
    }

    /** A parameterized class is run with its first parameter, which is a simulated one among substrates. */
    private static UniqueId withFirstParameter(Class<?> type, @Nullable Method method) {
        UniqueId first = UniqueId.forEngine("junit-jupiter")
                .append("class-template", type.getName())
                .append("class-template-invocation", "#1");
        if (method == null) {
            return first;
        }
        String parameters =
                Arrays.stream(method.getParameterTypes()).map(Class::getName).collect(joining(", "));
        return first.append(
                AnnotationSupport.isAnnotated(method, TestTemplate.class) ? "test-template" : "method",
                method.getName() + "(" + parameters + ")");
    }

    private static Method method(Class<?> type, String name) {
        for (Class<?> each = type; each != null; each = each.getSuperclass()) {
            for (Method method : each.getDeclaredMethods()) {
                if (method.getName().equals(name) && !method.isSynthetic()) {
                    return method;
                }
            }
        }
        throw new IllegalArgumentException("no method " + name + " in " + type);
    }

    /** This project's classes come from here, although the parent has them too. */
    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(OURS)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> known = findLoadedClass(name);
            return known == null ? findClass(name) : known;
        }
    }
}
