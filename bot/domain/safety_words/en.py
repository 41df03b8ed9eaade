"""English words that bring a safety text. How to write a phrase: see this folder's first file."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.domain.safety import Trigger

if TYPE_CHECKING:
    from collections.abc import Mapping

# Names of one word. Those of seven letters or more are also found with one letter wrong, missing, added or
# swapped; shorter ones carry their usual misspellings here.
NAMES: Mapping[Trigger, str] = MappingProxyType(
    {
        Trigger.OPIOIDS: """
            codeine codein codine codene kodein dihydrocodeine codamol cocodamol codydramol codaprin dhc
            pholcodine tramadol tramal ultram ultracet zydol zamadol tapentadol palexia nucynta
            morphine morfine morfin morphene oramorph sevredol zomorph
            oxycodone oxycontin oxynorm oxymorphone percocet percodan endone targin targinact longtec shortec
            roxicodone oxy oxys hydrocodone vicodin norco lortab hydromorphone dilaudid palladone
            methadone buprenorphine subutex suboxone butrans butec temgesic belbuca sublocade buvidal zubsolv
            fentanyl duragesic actiq abstral sufentanil alfentanil remifentanil
            pethidine meperidine demerol levorphanol nalbuphine butorphanol pentazocine meptazinol
            tilidine piritramide dextropropoxyphene propoxyphene coproxamol
            opium narcotic narcotics heroin diamorphine kratom mitragynine
            loperamide imodium lomotil diphenoxylate eluxadoline
            solpadeine solpadol panadeine migraleve syndol kapake zapain tylex paramol
        """,
        Trigger.NALTREXONE_PRODUCT: "contrave mysimba bremelanotide vyleesi vivitrol",
    }
)
# Everyday words one letter away from a name.
NOT_A_NAME = "morphing contrive contrived shorter shorten shorted austral codeline"

# One phrase a line.
PHRASES: Mapping[Trigger, str] = MappingProxyType(
    {
        Trigger.EMERGENCY: """
            trouble|difficulty|difficulties|difficult ... breathing|breathe -through|exercises
            problem|problems|hard|struggle|struggling|struggled ... breathing|breathe -through|exercises
            breathing trouble|difficulty|difficulties|problem|problems
            breathing is|was|gets|got|feels ... hard|harder|difficult
            can't|cannot|couldn't breathe|breath -through
            hardly|barely breathe -through
            short|shortness of breath
            breathless|breathlessness
            stopped breathing -exercise|exercises
            gasping for air|breath
            throat ... closing|closed|tightening|tight
            swollen|swelling|swelled|swells|swell ... face|lip|lips|throat|tongue|tounge|tonge
            face|lip|lips|throat|tongue|tounge|tonge ... swollen|swelling|swelled|swells|swell
            anaphylaxis|anaphylactic|anaphalaxis
            fainted|fainting
            feel|feels|feeling|felt|gonna|to faint
            passed|passing|pass|blacked|blacking out
            unconscious
            lost|losing|loss of? consciousness
            collapsed -on|in|into|onto
            overdosed
            took|taken an? overdose
        """,
        Trigger.SUICIDE: """
            suicide|suicidal|suicidial|suicidual|suicidle|suicidel|sucidal|sucide|suicde|suiside|suisidal|suicidality
            kill|killing|hang|hanging|shoot|shooting|drown|drowning|poison|poisoning|off|top|unalive myself
            kill|killing my self
            kil|killl|killin|killling myself
            kms
            unalive
            hurt|hurting|harm|harming|harmed|cutting myself
            want|wanted|urge|urges|thinking|thought to|of|about cut|cutting|burn|burning myself
            self harm|harming|harmed|injury|injuring
            selfharm|selfharming
            slit|slitting|cut|cutting my wrist|wrists
            do|doing myself in
            end|ending|ended it all
            end|ending|take|taking my own? life -back
            end|ending everything|myself
            want|wanted|ready to just? end it|things -with
            want|wanted|wants|wanting|ready to just|really? die
            wanna just? die
            want|wanted|rather to? be dead
            wish ... dead|die
            rather die
            better|best off dead|gone
            better off without me
            better if i ... dead|gone
            better if i wasn't|weren't here|around|alive
            wish i wasn't|weren't|never here|alive|born
            wish ... never been born
            don't|didn't|doesn't|not want to live|exist
            don't|didn't|doesn't|not want to be alive|here|around -people|others|anyone
            no longer want to live|exist
            no longer want to be alive|here|around
            don't|not want to wake up -early|so|at|in|with|tired|feeling
            don't|not wanna live|exist|die
            and|to|just|would|could|or|wanna never wake up
            not waking up again
            wish ... not|wouldn't|didn't|never wake|woken up -early|so|at|in|with|tired|feeling|every
            dark thoughts
            cut|cutting|burned|burnt myself on purpose
            don't|not want to go|carry on -a|an|the|my|with|to|holiday|taking|walks|this
            can't|cannot go|carry on -a|an|the|my|with|to|holiday|taking|walks|long|about
            can't|cannot go|carry on with this|life
            can't|cannot live like|with this|it
            can't|cannot live any|anymore
            no reason|reasons to live
            nothing|little to live for
            no|see the? point in|of? living|life
            no|see the? point in|of? being alive|here
            no|see the? point in|of? going|carrying on
            not|isn't|longer|never|hardly worth living
            life|living is? not|isn't|ain't worth it
            no point anymore -in|of|with|to|taking
            no point any more -in|of|with|to|taking
            can't|cannot take|do it|this anymore -because|since|due|with
            can't|cannot take|do it|this any more -because|since|due|with
            what's|what|whats the? point in|of? living|life|going
            tired|sick of living|life -in|at|here|on
            hate living|life -in|at|here|on|with
            tired|sick|hate of? being alive
            give|giving|given|gave up on life|living
            want everything to end|stop
            want it all to end|stop
            want it|this|everything all? to end
            want it|everything all? to be all? over
            want to just? disappear -for
            sleep forever
            want|wanted|could|thinking|urge to|of|about? just? take|taking all my|the|these pills|tablets
            want|wanted|could|thinking|urge to|of|about? just? take|taking all my|the|these meds|capsules
            want|wanted|could|thinking|urge|going|might to|of|about? just? overdose|overdosing|od
            overdose|overdosed on purpose
            severe|severely|extremely depressed|depression
            severe|severely low mood
            low mood ... severe
            feel|feeling|felt so|completely|utterly|totally|very? hopeless
        """,
        Trigger.URGENT: """
            chest pain|pains|ache|tightness|pressure
            pain|pains|pressure|tightness|ache|crushing ... chest -wall|muscle|muscles
            chest hurts|hurting|aches|aching
            chest is|feels|felt so|very|really? tight|hurting|crushing
            tight chest
            confusion -about|over|with|by|between
            confused -about|by|with|over|which|how|what|whether|why|when|as
            disoriented|disorientated|disorientation|delirious|delirium
            don't|didn't know where i am|was
            hallucinate|hallucinated|hallucinating|hallucination|hallucinations|halucinations|halucinating
            hear|hearing|heard voices
            hear|hearing things -differently|about|from|better|more|like|that
            seeing things -differently|about|from|better|more|like|clearly|in|i|we|you|the|through
            see|seeing|saw|hear|hearing|heard things|people|someone ... aren't|weren't|not there|real
        """,
        Trigger.ALLERGY: """
            allergic reaction|reactions
            allergic|allergy to the? ldn|naltrexone|this|it|capsule|capsules
            hives|urticaria
        """,
        Trigger.OPIOIDS: """
            opioid|opioids|opiate|opiates -blocker|blockers|blocking|receptor|receptors|antagonist|antagonists
            opoid|opoids|opiod|opiods -blocker|blockers|blocking|receptor|receptors|antagonist|antagonists
            co codamol|dydramol|codaprin|proxamol
            nurofen plus
            robitussin ac
            ms contin
            mst continus|tablet|tablets|capsule|capsules|mg|patch
            tylenol 3|three
        """,
        Trigger.LIVER: """
            yellow|yellowish|yellowing ... skin|eye|eyes|eyeballs
            skin|eye|eyes|eyeballs ... yellow|yellowish|yellowing
            jaundice|jaundiced
            dark|darker|brown|cola|tea coloured|colored|colour|color? urine|urin|pee|wee|piss
            urine|urin|pee ... dark|darker|brown
            pale|paler|clay|white|grey|gray coloured|colored|colour|color? stool|stools|poo|poop|faeces|feces
            stool|stools|poo|poop|faeces|feces ... pale|clay|white|grey|gray
            upper right ... belly|abdomen|abdominal|stomach|tummy|quadrant
            right upper ... belly|abdomen|abdominal|stomach|tummy|quadrant
            belly|abdomen|abdominal|stomach|tummy ... upper right -arm|leg|back|shoulder
            pain|pains|hurts|ache ... under|below my|the? right rib|ribs
            liver pain|hurts|aches|hurting
            pain ... liver -test|tests|disease
        """,
        Trigger.SURGERY: """
            -gp|gps|doctors|doctor|vet surgery -hours|receptionist
            surgical|surgeon
            an|my|the|for|before|after operation
            operation tomorrow|today|tonight|next|on|this|in|soon
            operated on
            anaesthetic|anesthetic|anaesthesia|anesthesia|anaesthetist|anesthesiologist
            dentist|dentists|dental
            c section
            caesarean|cesarean|csection
            wisdom tooth|teeth
            tooth|teeth ... out|pulled|removed|extracted|extraction
            root canal
            colonoscopy|endoscopy|gastroscopy|biopsy
            in|to|at|into the? hospital -appointment
            emergency room|department|ward
            in|to|at the? er|a&e|casualty
            ambulance|paramedic|paramedics
        """,
        Trigger.PREGNANCY: """
            pregnant|pregnancy|pregnent
            breastfeeding|breastfeed
            breast feeding|feed
            trying|planning for a baby
            trying|planning to conceive
            trying|planning to have a baby
            expecting a baby
        """,
    }
)

# What makes a mention a denial; it must stand right before it ("no chest pain", "I have not fainted").
DENIED = (
    r" (?:no|not|without|never|nor|havent|hasnt|isnt|wasnt|didnt|dont|doesnt)"
    r"(?: (?:any|had|have|having|get|got|been|a|the|felt|feeling))*$"
)
# A drug is denied more strictly: "no opioids", "never took morphine", "haven't taken any tramadol".
DENIED_USE = (
    r" (?:no|without|zero|never|(?:never|not|havent|hasnt|dont|didnt) (?:ever )?"
    r"(?:taken|take|took|taking|had|have|use|used|using|been on|on))(?: (?:any|other))*$"
)
# … and only if the clause ends there: "no tramadol since Monday" and "no codeine left" mean recent use.
DENIAL_ENDS = r"^(?: (?:ever|either|at all|in my life|for me|thanks|please))?(?: \.| $| and | or )"
