import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.File;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.LogManager;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.Profiles;
import org.verapdf.pdfa.validation.profiles.RuleId;
import org.verapdf.pdfa.validation.profiles.ValidationProfile;

/**
 * Validates each file against each flavour with veraPDF and prints one JSON line for each pair.
 *
 * <p>Started by tests/conftest.py as a single source file, once for all tests: to start and to grow warm costs seconds. Each
 * line that it reads asks for {@code 3a,ua1<TAB>FILE<TAB>FILE...}; whether a file complies is for the caller to read in the
 * answers. It ends with its input.
 */
public class VeraCheck {
  /** Failed checks of which veraPDF keeps the place; all of them are counted. */
  private static final int PLACES_KEPT = 20;

  public static void main(String[] arguments) throws Exception {
    LogManager.getLogManager().reset();
    VeraGreenfieldFoundryProvider.initialise();
    Map<String, ValidationProfile> profiles = new LinkedHashMap<>();
    ObjectMapper json = new ObjectMapper();
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    BufferedReader asked = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = asked.readLine(); line != null; line = asked.readLine()) {
      String[] words = line.split("\t");
      for (int i = 1; i < words.length; i++) {
        for (String flavour : words[0].split(",")) {
          if (!profiles.containsKey(flavour)) {
            profiles.put(flavour, profile(flavour));
          }
          out.println(json.writeValueAsString(check(words[i], flavour, profiles.get(flavour))));
        }
      }
    }
  }

  /** One profile from the jar; asking veraPDF's directory would read all fifteen. */
  private static ValidationProfile profile(String flavour) throws Exception {
    String name = flavour.startsWith("ua") ? "PDFUA-" + flavour.substring(2) : "PDFA-" + flavour.toUpperCase();
    try (InputStream xml = PDFAFlavour.class.getResourceAsStream("/org/verapdf/pdfa/validation/" + name + ".xml")) {
      if (xml == null) {
        throw new IllegalArgumentException("veraPDF has no profile " + name);
      }
      return Profiles.profileFromXml(xml);
    }
  }

  private static Map<String, Object> check(String file, String flavour, ValidationProfile profile) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("file", file);
    line.put("flavour", flavour);
    try (PDFAParser parser =
        Foundries.defaultInstance().createParser(new File(file), profile.getPDFAFlavour())) {
      PDFAValidator validator =
          Foundries.defaultInstance().createValidator(profile, PLACES_KEPT, false, true, false);
      ValidationResult result = validator.validate(parser);
      line.put("compliant", result.isCompliant());
      line.put("assertions", result.getTotalAssertions());
      line.put("failed_rules", failedRules(result));
      line.put("error", "");
    } catch (Exception | StackOverflowError fault) {
      line.put("compliant", false);
      line.put("assertions", 0);
      line.put("failed_rules", List.of());
      line.put("error", fault.toString());
    }
    return line;
  }

  private static List<Map<String, Object>> failedRules(ValidationResult result) {
    Map<RuleId, TestAssertion> first = new LinkedHashMap<>();
    for (TestAssertion assertion : result.getTestAssertions()) {
      if (assertion.getStatus() == TestAssertion.Status.FAILED) {
        first.putIfAbsent(assertion.getRuleId(), assertion);
      }
    }
    List<Map<String, Object>> rules = new ArrayList<>();
    for (Map.Entry<RuleId, Integer> failed : result.getFailedChecks().entrySet()) {
      TestAssertion example = first.get(failed.getKey());
      Map<String, Object> rule = new LinkedHashMap<>();
      rule.put("clause", failed.getKey().getClause());
      rule.put("test", failed.getKey().getTestNumber());
      rule.put("count", failed.getValue());
      rule.put("message", example == null ? "" : message(example));
      rule.put("context", example == null ? "" : example.getLocation().getContext());
      rules.add(rule);
    }
    return rules;
  }

  private static String message(TestAssertion assertion) {
    return assertion.getErrorMessage() == null ? assertion.getMessage() : assertion.getErrorMessage();
  }
}
